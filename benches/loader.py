"""Pictures a second of PyTorch's DataLoader, for benches/data.rs.

    python loader.py FACES_CSV WORKERS BATCH PICTURES

Reads `image,x,y,w,h`, cuts the box out, brings it to 128x128, mirrors every other one and makes a
normalised tensor of it. Without torchvision.
"""

import csv
import os
import sys
import time

import numpy
import torch
from PIL import Image

SIZE = 128


class Faces(torch.utils.data.Dataset):
    def __init__(self, path):
        folder = os.path.dirname(os.path.abspath(path))
        with open(path, newline="") as file:
            rows = list(csv.DictReader(file))
        box = lambda row: [float(row[k] or 0) for k in "xywh"]
        self.faces = [(os.path.join(folder, row["image"]), box(row)) for row in rows]

    def __len__(self):
        return len(self.faces)

    def __getitem__(self, index):
        path, (x, y, w, h) = self.faces[index]
        picture = Image.open(path).convert("RGB")
        side = max(w, h) or min(picture.size)
        left, top = x + w / 2 - side / 2, y + h / 2 - side / 2
        box = (left, top, left + side, top + side)
        picture = picture.transform((SIZE, SIZE), Image.EXTENT, box, Image.BILINEAR)
        if index % 2:
            picture = picture.transpose(Image.FLIP_LEFT_RIGHT)
        pixels = torch.from_numpy(numpy.array(picture)).permute(2, 0, 1).float()
        return (pixels - 127.5) / 127.5


def main():
    path, workers, batch, pictures = sys.argv[1], *map(int, sys.argv[2:5])
    faces = Faces(path)
    loader = torch.utils.data.DataLoader(
        faces, batch_size=batch, shuffle=True, num_workers=workers, drop_last=True,
        persistent_workers=workers > 0,
    )
    for _ in loader:  # The workers start.
        break
    seen, start = 0, time.perf_counter()
    while seen < pictures:
        for inputs in loader:
            seen += len(inputs)
            if seen >= pictures:
                break
    print(f"pictures_per_second {seen / (time.perf_counter() - start):.1f}")


if __name__ == "__main__":
    main()
