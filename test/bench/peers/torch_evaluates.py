# PyTorch's side of `evaluation`: loss and accuracy under inference mode, NCHW or channels last.
from rounds import answer_rounds, faster_of, images, labels, task

import torch
from torch.nn.functional import cross_entropy
from torch_models import build

torch.set_num_threads(task["threads"])
batch = task["batch"]
x = torch.from_numpy(images(task["test"])).permute(0, 3, 1, 2).contiguous()
y = torch.from_numpy(labels(task["test"])).long()


@torch.inference_mode()
def evaluate(way):
    model, inputs = ways[way]
    loss, hits = 0.0, 0
    for at in range(0, len(y), batch):
        logits, wanted = model(inputs[at : at + batch]), y[at : at + batch]
        loss += cross_entropy(logits, wanted, reduction="sum").item()
        hits += (logits.argmax(1) == wanted).sum().item()
    return {"loss": loss / len(y), "accuracy": hits / len(y)}


ways = {
    name: (build(task["name"]).to(memory_format=layout).eval(), x.to(memory_format=layout))
    for name, layout in [("NCHW", torch.contiguous_format), ("channels last", torch.channels_last)]
}
way, tried = faster_of(ways, evaluate)
answer_rounds({"torch": torch.__version__, "way": way, "tried": tried}, lambda: evaluate(way))
