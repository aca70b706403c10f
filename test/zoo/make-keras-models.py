"""Makes Keras models of every family of layers, with their answers: by Keras 3 as .keras and .h5, by Keras 2 (tf_keras) as .h5.

python keras_zoo.py keras|tf_keras FOLDER [NAME…]: writes NAME.keras or NAME.h5, NAME.npz (in0, in1, …, out0, …) and a line of JSON a model to FOLDER/index.jsonl.
"""
import json
import os
import sys
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
import numpy as np

generation = sys.argv[1]
if generation == "keras":
    import keras as k
else:
    import tf_keras as k
folder = Path(sys.argv[2])
wanted = set(sys.argv[3:])
L = k.layers
modern = generation == "keras"


def app(name, size=64, **options):
    def make():
        module = k.applications
        found = getattr(module, name, None) or next(getattr(getattr(module, m), name) for m in dir(module) if hasattr(getattr(module, m), name))
        shared = dict(weights=None, input_shape=(size, size, 3), classes=10, **options)
        try:
            return found(classifier_activation=None, **shared)
        except TypeError:
            return found(**shared)
    return make


def chain(shape, *layers, dtype=None):
    def make():
        x = entry = k.Input(shape, dtype=dtype)
        for layer in layers:
            x = layer()(x)
        return k.Model(entry, x)
    return make


def mlp():
    return k.Sequential([L.Dense(16, activation="relu"), L.Dropout(0.5), L.Dense(5, activation="softmax")])


def built_sequential():
    model = mlp()
    model.build((None, 12))
    return model


def activations():
    x = entry = k.Input((8,))
    outs = []
    names = ["relu", "relu6", "elu", "selu", "gelu", "tanh", "sigmoid", "softplus", "softsign", "swish", "hard_sigmoid", "exponential", "mish"]
    names += ["leaky_relu", "hard_silu", "silu", "log_softmax", "softmax", "celu", "log_sigmoid", "hard_tanh", "squareplus", "tanh_shrink", "hard_shrink", "soft_shrink"] if modern else ["softmax"]
    for name in names:
        outs.append(L.Dense(6, activation=name)(x))
    return k.Model(entry, L.Concatenate()(outs))


def activation_layers():
    x = entry = k.Input((6, 6, 4))
    y = [L.ReLU(max_value=1.5)(x), L.ReLU(negative_slope=0.1)(x), L.LeakyReLU(0.2)(x), L.ELU(0.7)(x), L.PReLU(shared_axes=[1, 2])(x), L.Softmax()(x), L.PReLU()(x)]
    y.append(L.ReLU(max_value=2.0, negative_slope=0.1, threshold=0.5)(x))
    if not modern:
        y.append(L.ThresholdedReLU(0.4)(x))
    return k.Model(entry, L.Conv2D(3, 1)(L.Concatenate()(y)))


def several_ends():
    image, vector = k.Input((8, 8, 3), name="image"), k.Input((5,), name="vector")
    x = L.Flatten()(L.Conv2D(4, 3, activation="relu")(image))
    shared = L.Dense(6, activation="tanh", name="shared")
    a, b = shared(L.Dense(5)(x)), shared(vector)
    both = L.Concatenate()([a, b])
    return k.Model([image, vector], [L.Dense(3, name="one")(both), L.Dense(2, activation="sigmoid", name="two")(L.Subtract()([a, b]))])


def nested_models():
    inner = k.Sequential([L.Input((8, 8, 4)) if modern else L.InputLayer((8, 8, 4)), L.Conv2D(4, 3, padding="same", name="conv"), L.BatchNormalization(), L.ReLU()], name="inner")
    p = q = k.Input((8, 8, 4))
    q = L.Conv2D(4, 1)(q)
    block = k.Model(p, L.Add()([inner(p), q]), name="block")
    x = entry = k.Input((8, 8, 3))
    x = block(block(L.Conv2D(4, 3, padding="same", name="conv")(x)))
    return k.Model(entry, L.Dense(3)(L.GlobalMaxPooling2D()(x)))


def merges():
    x = entry = k.Input((7,))
    a, b = L.Dense(6)(x), L.Dense(6)(x)
    parts = [L.Add()([a, b]), L.Subtract()([a, b]), L.Multiply()([a, b]), L.Average()([a, b]), L.Maximum()([a, b]), L.Minimum()([a, b]), L.Dot(axes=1)([a, b])]
    parts.append(L.Dot(axes=1, normalize=True)([a, b]))
    return k.Model(entry, L.Concatenate()(parts))


def recurrent():
    x = entry = k.Input((6, 5))
    x = L.LSTM(6, return_sequences=True)(x)
    x = L.GRU(5, return_sequences=True)(x)
    x = L.GRU(5, return_sequences=True, reset_after=False)(x)
    x = L.SimpleRNN(4, return_sequences=True)(x)
    x = L.Bidirectional(L.LSTM(4, return_sequences=True))(x)
    x = L.Bidirectional(L.GRU(3), merge_mode="sum")(x)
    return k.Model(entry, L.Dense(2)(x))


def embedding():
    x = entry = k.Input((7,), dtype="int32")
    x = L.Embedding(20, 6, mask_zero=True)(x)
    x = L.LSTM(5)(x)
    return k.Model(entry, L.Dense(2)(x))


def text_cnn():
    x = entry = k.Input((12,), dtype="int32")
    x = L.SpatialDropout1D(0.2)(L.Embedding(30, 8)(x))
    y = [L.GlobalMaxPooling1D()(L.Conv1D(6, width, activation="relu")(x)) for width in (2, 3, 4)]
    return k.Model(entry, L.Dense(3, activation="softmax")(L.Concatenate()(y)))


def masked():
    return k.Sequential([L.Input((6, 3)) if modern else L.InputLayer((6, 3)), L.Masking(0.0), L.GRU(4), L.Dense(2)])


def time_distributed():
    x = entry = k.Input((4, 8, 8, 2))
    x = L.TimeDistributed(L.Conv2D(3, 3, activation="relu"))(x)
    x = L.TimeDistributed(L.MaxPooling2D(2))(x)
    x = L.TimeDistributed(L.Flatten())(x)
    x = L.TimeDistributed(L.Dense(5))(x)
    return k.Model(entry, L.Dense(2)(L.LSTM(4)(x)))


def one_dimensional():
    x = entry = k.Input((24, 3))
    x = L.ZeroPadding1D((1, 2))(x)
    x = L.Conv1D(8, 3, padding="causal", dilation_rate=2, activation="relu")(x)
    x = L.DepthwiseConv1D(3, padding="same")(x)
    x = L.SeparableConv1D(6, 3, padding="same")(x)
    x = L.MaxPooling1D(2, padding="same")(x)
    x = L.UpSampling1D(2)(x)
    x = L.Cropping1D((1, 1))(x)
    x = L.AveragePooling1D(2)(x)
    x = L.Conv1DTranspose(4, 3, strides=2, padding="same")(x)
    x = L.Conv1D(4, 3, groups=2)(x)
    return k.Model(entry, L.Dense(2)(L.GlobalAveragePooling1D()(x)))


def volumes():
    x = entry = k.Input((8, 8, 8, 2))
    x = L.ZeroPadding3D(1)(x)
    x = L.Conv3D(4, 3, activation="relu")(x)
    x = L.MaxPooling3D(2)(x)
    x = L.UpSampling3D(2)(x)
    x = L.Cropping3D(1)(x)
    x = L.AveragePooling3D(2)(x)
    x = L.Conv3DTranspose(3, 2, strides=2)(x)
    return k.Model(entry, L.Dense(2)(L.GlobalAveragePooling3D()(x)))


def convolutions():
    x = entry = k.Input((12, 12, 4))
    x = L.Conv2D(8, 3, groups=2, padding="same", activation="relu")(x)
    x = L.Conv2D(8, 3, groups=8, padding="same")(x)
    x = L.Conv2D(16, 3, dilation_rate=2)(x)
    x = L.DepthwiseConv2D(3, depth_multiplier=2, strides=2, padding="same")(x)
    x = L.SeparableConv2D(8, 3, depth_multiplier=2)(x)
    x = L.Conv2DTranspose(6, 3, strides=2)(x)
    x = L.Conv2DTranspose(6, 3, strides=2, padding="same")(x)
    x = L.UpSampling2D(2)(x)
    x = L.Cropping2D(((1, 0), (2, 1)))(x)
    x = L.ZeroPadding2D(((1, 0), (0, 1)))(x)
    x = L.GlobalAveragePooling2D(keepdims=True)(x)
    x = L.Conv2D(5, 1)(x)
    return k.Model(entry, L.Flatten()(x))


def asymmetric():
    x = entry = k.Input((13, 11, 3))
    x = L.Conv2D(4, (5, 3), strides=(2, 1), padding="same")(x)
    x = L.Conv2D(4, (1, 7), padding="same", use_bias=False)(x)
    x = L.BatchNormalization(scale=False)(x)
    x = L.MaxPooling2D((3, 2), strides=(2, 2), padding="same")(x)
    x = L.AveragePooling2D(3, strides=1, padding="same")(x)
    x = L.Permute((3, 1, 2))(x)
    x = L.Reshape((4, -1))(x)
    return k.Model(entry, L.Dense(3)(L.Flatten()(L.RepeatVector(2)(L.Flatten()(x)))))


def norms():
    x = entry = k.Input((6, 6, 8))
    x = L.LayerNormalization()(x)
    x = L.GroupNormalization(4)(x)
    x = L.UnitNormalization()(x)
    x = L.BatchNormalization(center=False)(x)
    x = L.LayerNormalization(axis=[1, 2, 3], center=False)(x)
    if modern:
        x = L.RMSNormalization()(x)
    return k.Model(entry, L.Dense(2)(L.GlobalAveragePooling2D()(x)))


def preprocessing():
    x = entry = k.Input((20, 18, 3))
    x = L.Resizing(16, 16)(x)
    x = L.CenterCrop(12, 12)(x)
    x = L.RandomFlip("horizontal")(x)
    x = L.RandomRotation(0.1)(x)
    x = L.RandomZoom(0.1)(x)
    x = L.RandomContrast(0.1)(x)
    x = L.RandomTranslation(0.1, 0.1)(x)
    x = L.Rescaling(1 / 127.5, offset=-1)(x)
    normal = L.Normalization(axis=-1)
    normal.adapt(np.random.default_rng(0).normal(1, 2, (64, 12, 12, 3)).astype("float32"))
    x = normal(x)
    x = L.Normalization(mean=[0.1, 0.2, 0.3], variance=[1.0, 2.0, 3.0])(x)
    x = L.GaussianNoise(0.1)(x)
    return k.Model(entry, L.Dense(2)(L.Flatten()(L.Conv2D(4, 3)(x))))


def regularised():
    x = entry = k.Input((8,))
    x = L.Dense(8, kernel_regularizer=k.regularizers.L1L2(1e-4, 1e-3), kernel_constraint=k.constraints.MaxNorm(2.0), bias_regularizer="l2")(x)
    x = L.GaussianDropout(0.1)(L.AlphaDropout(0.1)(L.ActivityRegularization(l2=1e-3)(x)))
    return k.Model(entry, L.Dense(2, kernel_initializer="he_normal")(x))


def attention():
    x = entry = k.Input((6, 8))
    y = L.MultiHeadAttention(2, 4)(x, x)
    x = L.LayerNormalization()(L.Add()([x, y]))
    y = L.Attention()([x, x])
    y = L.Dense(8, activation="gelu")(y)
    x = L.LayerNormalization(epsilon=1e-6)(L.Add()([x, y]))
    return k.Model(entry, L.Dense(2)(L.GlobalAveragePooling1D()(x)))


def encoder_decoder():
    source, target = k.Input((5, 4), name="source"), k.Input((3, 4), name="target")
    _, h, c = L.LSTM(6, return_state=True)(source)
    _, s = L.GRU(4, return_state=True)(source)
    y = L.LSTM(6, return_sequences=True)(target, initial_state=[h, c])
    return k.Model([source, target], [L.Dense(3)(y), L.GRU(4)(target, initial_state=s)])


def cross_attention():
    a, b = k.Input((5, 8), name="a"), k.Input((4, 8), name="b")
    y = L.MultiHeadAttention(2, 4, value_dim=3, output_shape=6)(a, value=b, key=b)
    z = L.MultiHeadAttention(2, 4)(a, a, use_causal_mask=True)
    return k.Model([a, b], [y, z, L.AdditiveAttention()([a, b]), L.Attention(use_scale=True)([a, b])])


def operators():
    x = entry = k.Input((6, 6, 4))
    y = L.Conv2D(4, 1)(x)
    z = (x + y) * 2.0 - 0.5
    z = z / 4.0 + y * x
    if modern:
        z = k.ops.relu(z) - k.ops.sigmoid(y)
        z = k.ops.mean(z, axis=[1, 2])
        z = k.ops.concatenate([z, k.ops.mean(y, axis=[1, 2])], axis=-1)
        z = k.ops.reshape(z, (-1, 2, 4))
        z = k.ops.transpose(z, (0, 2, 1))
    else:
        import tensorflow as tf
        z = tf.nn.relu(z) - tf.sigmoid(y)
        z = tf.reduce_mean(z, axis=[1, 2])
        z = tf.concat([z, tf.reduce_mean(y, axis=[1, 2])], axis=-1)
        z = tf.reshape(z, (-1, 2, 4))
        z = tf.transpose(z, (0, 2, 1))
    return k.Model(entry, L.Dense(3)(L.Flatten()(z)))


def mixed_precision():
    x = entry = k.Input((8, 8, 3))
    policy = (k.DTypePolicy if modern else k.mixed_precision.Policy)("mixed_float16")
    x = L.Conv2D(4, 3, dtype=policy)(x)
    x = L.Dense(4, dtype=policy, activation="relu")(L.GlobalAveragePooling2D(dtype=policy)(x))
    return k.Model(entry, L.Dense(2, dtype="float32")(x))


def unet():
    x = entry = k.Input((16, 16, 3))
    a = L.Conv2D(6, 3, padding="same", activation="relu")(x)
    b = L.Conv2D(8, 3, padding="same", activation="relu")(L.MaxPooling2D()(a))
    c = L.Conv2D(12, 3, padding="same", activation="relu")(L.MaxPooling2D()(b))
    d = L.Conv2D(8, 3, padding="same", activation="relu")(L.Concatenate()([L.UpSampling2D(interpolation="bilinear")(c), b]))
    e = L.Conv2DTranspose(6, 2, strides=2, padding="same")(d)
    return k.Model(entry, L.Conv2D(1, 1, activation="sigmoid")(L.Concatenate()([e, a])))


def squeeze_excite():
    x = entry = k.Input((10, 10, 3))
    x = y = L.Conv2D(8, 3, padding="same", activation="swish")(x)
    s = L.GlobalAveragePooling2D()(x)
    s = L.Reshape((1, 1, 8))(s)
    s = L.Conv2D(4, 1, activation="relu")(s)
    s = L.Conv2D(8, 1, activation="sigmoid")(s)
    x = L.Multiply()([x, s])
    x = L.Add()([L.SpatialDropout2D(0.2)(x), y])
    return k.Model(entry, L.Dense(3)(L.GlobalAveragePooling2D()(L.Dropout(0.2, noise_shape=(None, 1, 1, 1))(x))))


def channels_first():
    x = entry = k.Input((3, 9, 8))
    x = L.Permute((2, 3, 1))(x)
    x = L.Conv2D(4, 3, activation="relu")(x)
    x = L.Permute((3, 1, 2))(x)
    x = L.BatchNormalization(axis=1)(x)
    x = L.UpSampling2D(2, data_format="channels_first")(x)
    x = L.ZeroPadding2D(((1, 0), (2, 1)), data_format="channels_first")(x)
    x = L.Cropping2D(((0, 1), (1, 2)), data_format="channels_first")(x)
    x = L.SpatialDropout2D(0.2, data_format="channels_first")(x)
    y = L.GlobalMaxPooling2D(data_format="channels_first")(x)
    z = L.GlobalAveragePooling2D(data_format="channels_first", keepdims=True)(x)
    z = L.Flatten(data_format="channels_first")(z)
    return k.Model(entry, L.Dense(3)(L.Concatenate()([y, z, L.Flatten(data_format="channels_first")(x)])))


def axes():
    """Softmax, concatenation and normalization along another axis than the last; dot products of matrices."""
    x = entry = k.Input((5, 4))
    a, b = L.Dense(4)(x), L.Dense(6)(x)
    y = [L.Softmax(axis=1)(a), L.Concatenate(axis=1)([a, L.Dense(4)(x)]), L.Dot(axes=(1, 1))([a, a]), L.Dot(axes=2)([a, a]), L.BatchNormalization(axis=1)(b), L.LayerNormalization(axis=1)(b)]
    y += [L.Dot(axes=(2, 1))([a, L.Permute((2, 1))(a)]), L.Permute((2, 1))(b), L.UnitNormalization(axis=1)(a)]
    return k.Model(entry, L.Concatenate()([L.Flatten()(each) for each in y]))


def directions():
    """Recurrent layers backwards, both ways merged in each manner, without bias, of other activations."""
    x = entry = k.Input((5, 4))
    y = [L.Bidirectional(L.LSTM(3, return_sequences=True), merge_mode=mode)(x) for mode in ("concat", "sum", "mul", "ave")]
    y.append(L.LSTM(3, return_sequences=True, go_backwards=True, use_bias=False)(x))
    y.append(L.GRU(3, return_sequences=True, go_backwards=True, activation="relu", recurrent_activation="hard_sigmoid" if not modern else "sigmoid")(x))
    y.append(L.SimpleRNN(4, return_sequences=True, activation="relu")(x))
    y.append(L.LSTM(3, return_sequences=True, unit_forget_bias=False, dropout=0.2, recurrent_dropout=0.1)(x))
    return k.Model(entry, L.Flatten()(L.Concatenate()(y)))


def windows():
    """Windows larger than what is left of the image, strides larger than the window, dilation with padding, rectangles."""
    x = entry = k.Input((11, 13, 2))
    y = [L.Conv2D(3, (3, 5), strides=(4, 3), padding="same")(x), L.Conv2D(3, 2, strides=3)(x), L.Conv2D(2, 3, dilation_rate=(2, 3), padding="same")(x)]
    y += [L.DepthwiseConv2D((5, 3), padding="same", dilation_rate=(2, 1))(x), L.DepthwiseConv2D(3, strides=2, depth_multiplier=3, use_bias=False)(x)]
    y += [L.SeparableConv2D(4, (3, 1), strides=2, padding="same", activation="relu")(x), L.MaxPooling2D((4, 3), strides=(5, 4))(x), L.AveragePooling2D((4, 3), strides=(3, 2), padding="same")(x)]
    y += [L.Conv2DTranspose(3, (3, 2), strides=(3, 1), padding="same")(x), L.Conv2DTranspose(2, 2, strides=3)(x), L.MaxPooling2D(11, padding="same")(x)]
    y += [L.ZeroPadding2D((2, 1))(x), L.UpSampling2D((3, 2))(x)]
    return k.Model(entry, L.Concatenate()([L.GlobalAveragePooling2D()(each) for each in y] + [L.Flatten()(L.Conv2D(1, 1)(y[7]))]))


def masked_words():
    """Masks that go through several layers, and into a mean and an attention."""
    x = entry = k.Input((6,), dtype="int32")
    e = L.Embedding(20, 4, mask_zero=True)(x)
    y = L.Bidirectional(L.LSTM(3, return_sequences=True))(L.Dropout(0.2)(e))
    z = L.GRU(3)(L.Dense(4, activation="relu")(e))
    return k.Model(entry, L.Concatenate()([L.GlobalAveragePooling1D()(y), z, L.LSTM(2, go_backwards=True)(e)]))


def transformer():
    x = entry = k.Input((8,), dtype="int32")
    x = L.Embedding(20, 12)(x)
    for _ in range(2):
        y = L.MultiHeadAttention(3, 4, dropout=0.1)(x, x)
        x = L.LayerNormalization(epsilon=1e-6)(L.Add()([x, y]))
        y = L.Dense(12)(L.Dense(24, activation="gelu")(x))
        x = L.LayerNormalization(epsilon=1e-6)(L.Add()([x, L.Dropout(0.1)(y)]))
    return k.Model(entry, L.Dense(3, activation="softmax")(L.GlobalAveragePooling1D()(x)))


def vision_transformer():
    x = entry = k.Input((16, 16, 3))
    x = L.Reshape((16, 12))(L.Conv2D(12, 4, strides=4)(x))
    for _ in range(2):
        n = L.LayerNormalization()(x)
        x = L.Add()([x, L.MultiHeadAttention(2, 6)(n, n)])
        n = L.LayerNormalization()(x)
        x = L.Add()([x, L.Dense(12)(L.Dense(24, activation="gelu")(n))])
    return k.Model(entry, L.Dense(4)(L.Flatten()(L.LayerNormalization()(x))))


def odd_names():
    x = entry = k.Input((5,), name="in_put-1.0")
    x = L.Dense(4, name="layer with spaces")(x)
    x = L.Dense(4, name="layer.with-dots")(x)
    x = L.Dense(4, name="constructor")(x)
    x = L.Dense(4, name="слой 名")(x)
    return k.Model(entry, L.Dense(2, name="kernel")(x), name="0 model")


def slices():
    """Parts of tensors, and operators with settings, as Keras 3 keeps them."""
    o = k.ops
    x = entry = k.Input((4, 5, 3))
    y = [o.softmax(x, axis=1), o.leaky_relu(x, negative_slope=0.4), o.elu(x, alpha=0.5), o.gelu(x), o.gelu(x, approximate=False), o.mean(x, axis=(1, 2), keepdims=True), x[:, 0], x[:, 1:3, -1], x[:, :, :, 0:2]]
    y += [o.clip(x, -0.5, 0.5), o.maximum(x, 0.1), o.minimum(x, 0.2), o.expand_dims(x, 1), o.squeeze(x[:, :, :, 1:2], -1), -x, 1.0 - x, x / 2.0]
    return k.Model(entry, L.Dense(9)(L.Concatenate()([L.Flatten()(L.Flatten()(each)) for each in y])))


def chained_models():
    """Models of models whose outputs are their own, as an autoencoder's; several outputs of one, by name."""
    a, b = k.Input((6,)), k.Input((2,))
    encoder = k.Model(a, L.Dense(2, activation="tanh")(a), name="encoder")
    decoder = k.Model(b, dict(one=L.Dense(6, name="one")(b), two=L.Dense(3, name="two")(b)) if modern else [L.Dense(6, name="one")(b), L.Dense(3, name="two")(b)], name="decoder")
    step = k.Sequential([L.Input((6,)) if modern else L.InputLayer((6,)), L.Dense(6)], name="step")
    x = entry = k.Input((6,))
    first, second = decoder(encoder(x)), decoder(encoder(step(x)))
    first, second = [each if isinstance(each, list) else [each["one"], each["two"]] for each in (first, second)]
    return k.Model(entry, [first[1], second[0], step(step(x))])


def masked_attention():
    """What counts goes into attention, and out of both directions of a recurrent layer."""
    x = entry = k.Input((6,), dtype="int32")
    e = L.Embedding(20, 8, mask_zero=True)(x)
    y = [L.Bidirectional(L.LSTM(3, return_sequences=True))(e), L.LSTM(3, return_sequences=True)(e), L.GRU(3, return_sequences=True, go_backwards=True)(e)]
    return k.Model(entry, [*y, L.MultiHeadAttention(2, 4)(e, e), L.Attention()([e, e])])


def along_axes():
    x = entry = k.Input((4, 5, 3))
    y = [L.BatchNormalization(axis=1)(x), L.BatchNormalization(axis=2)(x), L.LayerNormalization(axis=(1, 2))(x), L.LayerNormalization(axis=1)(x), L.GroupNormalization(1)(x)]
    y += [L.Multiply()([x, L.GlobalAveragePooling2D(keepdims=True)(x)]), L.Add()([x, L.Conv2D(1, 1)(x)]), L.Rescaling([1.0, 2.0, 3.0], offset=[0.1, 0.2, 0.3])(x), L.Dense(3)(x)]
    y += [L.Add()([x, L.Dense(3)(x), x]), L.Average()([x, L.Dense(3)(x), x]), L.Multiply()([x, x, L.Dense(3)(x)])]
    return k.Model(entry, L.Concatenate()([L.Flatten()(each) for each in y]))


def rms_and_group():
    x = entry = k.Input((6, 6, 8))
    x = L.GroupNormalization(-1)(L.Conv2D(8, 3, padding="same")(x))
    x = L.GroupNormalization(2, axis=-1, scale=False)(x)
    if modern:
        x = L.RMSNormalization(axis=-1)(x)
    return k.Model(entry, L.Dense(2)(L.Flatten()(x)))


def identity_layers():
    x = entry = k.Input((6,))
    x = L.Activation("linear")(L.Identity()(x)) if hasattr(L, "Identity") else L.Activation("linear")(x)
    x = L.Dense(4, activation=k.activations.relu)(x)
    x = L.Activation(k.activations.gelu)(x)
    x = L.ReLU(6.0)(L.Activation("softmax")(x))
    return k.Model(entry, [x, L.Dense(2, trainable=False)(x)])


def causal():
    """Dilated causal convolutions with gates, skips and sums of what they answer (WaveNet, TCN)."""
    x = entry = k.Input((24, 3))
    x, skips = L.Conv1D(6, 1)(x), []
    for rate in (1, 2, 4):
        gate = [L.Conv1D(6, 2, padding="causal", dilation_rate=rate, activation=name)(x) for name in ("tanh", "sigmoid")]
        skips.append(L.Conv1D(6, 1)(L.Multiply()(gate)))
        x = L.Add()([x, skips[-1]])
    return k.Model(entry, L.Dense(2)(L.Flatten()(L.Activation("relu")(L.Add()(skips)))))


def distances():
    """How far two embeddings by one encoder are apart, in three ways."""
    o = k.ops
    encoder = k.Sequential([L.Input((6,)), L.Dense(8, activation="relu"), L.Dense(4)], name="encoder")
    a, b = k.Input((6,), name="a"), k.Input((6,), name="b")
    x, y = encoder(a), encoder(b)
    euclidean = o.sqrt(o.maximum(o.sum(o.square(x - y), axis=1, keepdims=True), 1e-7))
    cosine = o.sum(o.normalize(x, axis=-1) * o.normalize(y, axis=-1), axis=-1, keepdims=True)
    ratio = o.sum(o.abs(x - y), axis=1, keepdims=True) / (o.sum(o.abs(x) + o.abs(y), axis=1, keepdims=True) + 1e-3)
    return k.Model([a, b], L.Dense(1, activation="sigmoid")(L.Concatenate()([euclidean, cosine, ratio, o.abs(x - y)])))


def statistics():
    o = k.ops
    x = entry = k.Input((5, 4, 3))
    x = L.Dense(3)(x)
    y = [o.sum(x, axis=1), o.mean(x, axis=2), o.min(x, axis=-1), o.max(x, axis=(1, 2)), o.std(x, axis=1), o.var(x, axis=(1, 2)), o.norm(x, axis=-1), o.sum(x, axis=-1, keepdims=True)]
    y += [o.log(o.square(x) + 1), o.reciprocal(o.exp(x) + 1), 1 / (o.exp(x) + 2), x ** 3, (o.square(x) + 0.1) ** 0.5, (o.square(x) + 0.1) ** -0.5, o.log1p(o.abs(x)), x - o.mean(x, axis=-1, keepdims=True), o.log_softmax(x, axis=1)]
    return k.Model(entry, L.Dense(3)(L.Concatenate()([L.Flatten()(each) for each in y])))


def entries():
    """Parts, pieces side by side, other axes, constants for each entry."""
    o = k.ops
    x = entry = k.Input((6, 4))
    x = L.Dense(4)(x)
    one, other = o.split(x, 2, axis=-1)
    y = [x[..., 0], x[:, ::2], x[:, 1:, ::3], x[:, None, :, -1], x[..., :2] * o.sigmoid(x[..., 2:]), one * other, o.unstack(x, axis=1)[2], o.stack([one, other], axis=1), o.glu(x)]
    y += [o.tile(x, (1, 2, 3)), o.repeat(x, 2, axis=1), o.pad(x, ((0, 0), (1, 2), (0, 0))), o.pad(x, ((0, 0), (0, 0), (1, 0))), o.swapaxes(x, 1, 2), o.moveaxis(x, -1, 1), o.expand_dims(x, (1, 2))]
    y += [x + np.linspace(-1, 1, 24).reshape(6, 4).astype("float32"), x * np.linspace(1, 2, 6).reshape(1, 6, 1).astype("float32"), o.matmul(x, o.transpose(x, (0, 2, 1))), o.einsum("bnc,bmc->bmn", x, x[:, :3])]
    y.append(o.max_pool(o.reshape(x, (-1, 6, 2, 2)), 2))
    return k.Model(entry, L.Dense(3)(L.Concatenate()([L.Flatten()(each) for each in y])))


def frames():
    """Models at every step of a sequence, called twice; loops over cells."""
    image = k.Input((8, 8, 2))
    a = L.Conv2D(3, 3, padding="same", activation="relu", name="conv")(image)
    branch = L.Concatenate()([L.Add()([a, L.BatchNormalization()(L.Conv2D(3, 1)(a))]), a])
    inner = k.Model(image, L.GlobalAveragePooling2D()(branch), name="inner")
    step = L.TimeDistributed(inner, name="each_frame")
    first, second = k.Input((4, 8, 8, 2)), k.Input((4, 8, 8, 2))
    x = L.Concatenate()([step(first), step(second)])
    x = L.TimeDistributed(k.Sequential([L.Input((12,)) if modern else L.InputLayer((12,)), L.Dense(5, activation="relu"), L.Dense(4)]))(x)
    x = L.RNN(L.LSTMCell(5), return_sequences=True)(x)
    return k.Model([first, second], L.Dense(2)(L.Bidirectional(L.RNN(L.GRUCell(4)))(x)))


def keras2_operations():
    """Operators whose shapes Keras 2 leaves out of the file."""
    import tensorflow as tf
    x, z = k.Input((6, 4)), k.Input((5, 4))
    a = L.Dense(4)(x)
    one, other = tf.split(a, 2, axis=-1)
    y = [a[:, 0], a[..., :2], a[:, 1:4, 2:], a[:, tf.newaxis], tf.reduce_sum(a, axis=1), tf.reduce_sum(tf.square(a), axis=-1), tf.matmul(a, z, transpose_b=True), tf.stack([one, other], 1), tf.math.l2_normalize(a, axis=-1)]
    y += [tf.tile(a, [1, 1, 2]), tf.expand_dims(a, -1), tf.sqrt(tf.abs(a) + 0.1), one / (tf.exp(other) + 1.0), a + np.linspace(0, 1, 24).reshape(6, 4).astype("float32"), tf.pad(a, [[0, 0], [1, 1], [0, 0]]), a ** 2]
    return k.Model([x, z], L.Dense(3)(L.Concatenate()([L.Flatten()(each) for each in y])))


def equations():
    x = entry = k.Input((5, 8))
    x = L.EinsumDense("abc,cde->abde", output_shape=(None, 2, 4), bias_axes="de")(x)
    x = L.EinsumDense("abde,dec->abc", output_shape=(None, 8), bias_axes="c", activation="relu")(x)
    x = L.EinsumDense("btc,td->bdc", output_shape=(6, 8), bias_axes="d")(L.Dense(8)(L.Reshape((5, 8))(x)))
    return k.Model(entry, L.EinsumDense("...x,xy->...y", output_shape=3)(x))


def normalised_entries():
    random, x = np.random.default_rng(0), k.Input((4, 5, 3))
    entry, y = x, []
    for axis in (1, (1, 2), (1, 2, 3)):
        layer = L.Normalization(axis=axis)
        layer.adapt(random.normal(1, 2, (64, 4, 5, 3)).astype("float32"))
        y.append(layer(x))
    y.append(L.Normalization(mean=[1.0, 2.0, 3.0], variance=[1.0, 4.0, 9.0], invert=True)(x))
    return k.Model(entry, L.Dense(2)(L.Flatten()(L.Concatenate()(y))))


def first_channels():
    """Layers over sequences and images whose channels come first."""
    x = entry = k.Input((4, 9))
    x = L.Conv1DTranspose(6, 3, strides=2, data_format="channels_first", use_bias=False)(x)
    x = L.DepthwiseConv1D(3, data_format="channels_first", use_bias=False)(L.MaxPooling1D(data_format="channels_first")(x))
    x = L.Resizing(6, 8, data_format="channels_first")(L.Reshape((2, 3, -1))(x))
    x = L.SeparableConv2D(5, 3, data_format="channels_first", use_bias=False)(x)
    return k.Model(entry, L.Dense(2)(L.Flatten()(x)))


families = {f.__name__: f for f in (mlp, activations, activation_layers, several_ends, nested_models, merges, recurrent, embedding, text_cnn, masked, time_distributed, one_dimensional, volumes,
                                    convolutions, asymmetric, norms, preprocessing, regularised, attention, cross_attention, encoder_decoder, operators, mixed_precision, unet, squeeze_excite, built_sequential,
                                    channels_first, axes, directions, windows, masked_words, transformer, vision_transformer, chained_models, masked_attention, along_axes,
                                    *([slices, odd_names, causal, distances, statistics, entries, equations, normalised_entries, first_channels, frames] if modern else [causal, normalised_entries, frames, keras2_operations]), rms_and_group, identity_layers)}
sizes = dict(ResNet50=64, ResNet50V2=64, VGG16=32, MobileNet=64, MobileNetV2=64, MobileNetV3Small=64, MobileNetV3Large=64, EfficientNetB0=64, EfficientNetV2B0=64, DenseNet121=64,
             InceptionV3=80, InceptionResNetV2=80, Xception=72, NASNetMobile=64, ConvNeXtTiny=64)
if not modern:
    sizes = dict(ResNet50=64, MobileNetV2=64, MobileNetV3Small=64, EfficientNetB0=64, DenseNet121=64, RegNetX002=64, RegNetY002=64, ResNetRS50=64)
applications = {name: app(name, size) for name, size in sizes.items()}


def randomise(model, seed):
    """Statistics and offsets that aren't the neutral ones, small enough that fifty layers neither fade nor blow up."""
    random = np.random.default_rng(seed)
    values = []
    for variable, value in zip(model.weights, model.get_weights()):
        path = (getattr(variable, "path", None) or variable.name).split("/")[-1]
        if value.dtype.kind != "f":
            values.append(value)
        elif "variance" in path:
            values.append(random.uniform(0.7, 1.3, value.shape).astype("float32"))
        elif "gamma" in path:
            values.append((value * random.uniform(0.8, 1.2, value.shape)).astype("float32") if value.max() > 0.01 else random.uniform(0.2, 0.4, value.shape).astype("float32"))
        elif "mean" in path or "beta" in path or "bias" in path or "alpha" in path:
            values.append(random.normal(0, 0.1, value.shape).astype("float32"))
        else:
            values.append(value)
    model.set_weights(values)


def inputs_of(model, seed):
    random = np.random.default_rng(seed)
    made = []
    for tensor in model.inputs:
        shape = [2] + [int(size) for size in tensor.shape[1:]]
        if "int" in str(getattr(tensor.dtype, "name", tensor.dtype)):
            made.append(random.integers(0, 20, shape).astype("int32"))
        else:
            made.append(random.normal(0, 1, shape).astype("float32"))
    return made


folder.mkdir(parents=True, exist_ok=True)
with open(folder / "index.jsonl", "a") as index:
    for seed, (name, make) in enumerate({**families, **applications}.items()):
        if wanted and name not in wanted:
            continue
        k.backend.clear_session()
        k.utils.set_random_seed(seed + 1)
        try:
            model = make()
            if not model.built or not getattr(model, "inputs", None):
                model(np.zeros((2, 12), "float32"))
            randomise(model, seed)
            inputs = inputs_of(model, seed)
            files = [f"{name}.keras3.keras", f"{name}.keras3.h5"] if modern else [f"{name}.keras2.h5"]
            # Applications are large, and a .h5 holds the same weights.
            files = files[:1] if name in applications else files
            for file in files:
                model.save(folder / file)
            # As whoever opens the file sees it; the applications' own layers would have to be named for that.
            if name in families:
                model = k.models.load_model(folder / files[0], compile=False)
            answers = model(inputs if len(inputs) > 1 else inputs[0], training=False)
            answers = [np.asarray(answer, dtype="float32") for answer in (answers if isinstance(answers, (list, tuple)) else [answers])]
            np.savez(folder / f"{name}.{'keras3' if modern else 'keras2'}.npz", **{f"in{i}": x for i, x in enumerate(inputs)}, **{f"out{i}": y for i, y in enumerate(answers)})
            layers = len(list(model._flatten_layers(include_self=False, recursive=True)))
            index.write(json.dumps(dict(name=name, files=files, layers=layers, application=name in applications)) + "\n")
        except Exception as fault:
            index.write(json.dumps(dict(name=name, fault=f"{type(fault).__name__}: {fault}"[:300])) + "\n")
        index.flush()
