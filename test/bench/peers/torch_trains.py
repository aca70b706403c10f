# PyTorch's side of `training`: the plain loop, with images in NCHW or channels last, whichever is faster.
from rounds import answer_rounds, faster_of, images, labels, task

import torch
from torch import nn
from torch_models import build

torch.set_num_threads(task["threads"])
torch.manual_seed(1)
batch, steps, warm_up = task["batch"], task["steps"], task["warmUp"]
x = torch.from_numpy(images(task["train"])).permute(0, 3, 1, 2).contiguous()
y = torch.from_numpy(labels(task["train"])).long()
count_errors = nn.CrossEntropyLoss()


def prepared(layout):
    model = build(task["name"]).to(memory_format=layout)
    return model.train(), torch.optim.Adam(model.parameters(), lr=1e-3, eps=1e-7), x.to(memory_format=layout)


def train(way, count):
    model, optimizer, inputs = ways[way]
    order = torch.randperm(count * batch)
    hits, total = 0, 0.0
    for at in range(count):
        chosen = order[at * batch : (at + 1) * batch]
        logits = model(inputs[chosen])
        loss = count_errors(logits, y[chosen])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        # Keras and Espalier report loss and accuracy too.
        total += loss.item()
        hits += (logits.argmax(1) == y[chosen]).sum().item()
    return total / count


ways = {"NCHW": prepared(torch.contiguous_format), "channels last": prepared(torch.channels_last)}
way, tried = faster_of(ways, lambda way: train(way, warm_up))
answer_rounds(
    {"torch": torch.__version__, "threads": torch.get_num_threads(), "way": way, "tried": tried},
    lambda: {"loss": train(way, steps)},
)
