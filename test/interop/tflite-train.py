# Trains a .keras model for one pass: python tflite-train.py IN.keras IMAGES LABELS OUT.keras, images as float32 of 28 × 28, labels as bytes.
import os
import sys

os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
import numpy as np
import keras

model = keras.saving.load_model(sys.argv[1])
images = np.fromfile(sys.argv[2], 'float32').reshape(-1, 28, 28, 1)
keras.utils.set_random_seed(1)
model.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
model.fit(images, np.fromfile(sys.argv[3], 'uint8'), batch_size=64, epochs=1, verbose=0)
model.save(sys.argv[4])
