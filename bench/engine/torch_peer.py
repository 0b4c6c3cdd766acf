"""Eager PyTorch counterparts of the benchmark's networks. Each line read names what to run; the answer is milliseconds of
wall clock and of processor time."""
import json, math, os, resource, sys, time
import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)
cfg = json.loads(sys.argv[1])
torch.set_num_threads(cfg['threads'])
DEVICE = cfg.get('device', 'cpu')


class Cell(nn.Module):
    def __init__(self, inputs, hidden):
        super().__init__()
        self.gates = nn.Conv2d(inputs + hidden, 4 * hidden, 3, padding=1)

    def forward(self, x, h, c):
        i, f, o, u = self.gates(torch.cat([x, h], 1)).chunk(4, 1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(u)
        return torch.sigmoid(o) * torch.tanh(c), c


class ConvLstm(nn.Module):
    def __init__(self, hidden=64, encoded=32):
        super().__init__()
        self.hidden = hidden
        self.encode = nn.Conv2d(1, encoded, 3, stride=2, padding=1)
        self.c1, self.c2 = Cell(encoded, hidden), Cell(hidden, hidden)
        self.up = nn.ConvTranspose2d(hidden, encoded, 4, 2, 1)
        self.out = nn.Conv2d(encoded, 1, 3, padding=1)

    def forward(self, x):
        b, t, _, h, w = x.shape
        h1 = c1 = h2 = c2 = x.new_zeros(b, self.hidden, h // 2, w // 2)
        for i in range(t):
            h1, c1 = self.c1(torch.relu(self.encode(x[:, i])), h1, c1)
            h2, c2 = self.c2(h1, h2, c2)
        return self.out(torch.relu(self.up(h2)))


class Block(nn.Module):
    def __init__(self, d, heads):
        super().__init__()
        self.heads = heads
        self.n1, self.n2 = nn.LayerNorm(d), nn.LayerNorm(d)
        self.qkv, self.project = nn.Linear(d, 3 * d), nn.Linear(d, d)
        self.f1, self.f2 = nn.Linear(d, 4 * d), nn.Linear(4 * d, d)

    def forward(self, t):
        b, l, d = t.shape
        q, k, v = self.qkv(self.n1(t)).reshape(b, l, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        a = torch.softmax(q @ k.transpose(-1, -2) / math.sqrt(d // self.heads), -1)
        t = t + self.project((a @ v).transpose(1, 2).reshape(b, l, d))
        return t + self.f2(F.gelu(self.f1(self.n2(t))))


class Vivit(nn.Module):
    def __init__(self, d=192, layers=6, heads=3, tokens=256, patch=256):
        super().__init__()
        self.embed = nn.Linear(patch, d)
        self.position = nn.Parameter(torch.zeros(tokens, d))
        self.blocks = nn.ModuleList([Block(d, heads) for _ in range(layers)])
        self.out = nn.Linear(d, 1)

    def forward(self, x):
        t = self.embed(x) + self.position
        for block in self.blocks:
            t = block(t)
        return self.out(t.mean(1))


class Double(nn.Module):
    def __init__(self, i, o):
        super().__init__()
        self.a, self.b = nn.Conv2d(i, o, 3, padding=1, bias=False), nn.Conv2d(o, o, 3, padding=1, bias=False)
        self.na, self.nb = nn.GroupNorm(8, o), nn.GroupNorm(8, o)

    def forward(self, x):
        return torch.relu(self.nb(self.b(torch.relu(self.na(self.a(x))))))


class UNet(nn.Module):
    def __init__(self, channels=32, depth=3):
        super().__init__()
        self.depth = depth
        widths = [channels * 2 ** level for level in range(depth + 1)]
        self.down = nn.ModuleList([Double(1 if l == 0 else widths[l - 1], widths[l]) for l in range(depth + 1)])
        self.up = nn.ModuleList([nn.ConvTranspose2d(widths[l + 1], widths[l], 2, 2, bias=False) for l in range(depth)])
        self.merge = nn.ModuleList([Double(2 * widths[l], widths[l]) for l in range(depth)])
        self.out = nn.Conv2d(channels, 1, 1)

    def forward(self, x):
        skips = []
        t = self.down[0](x)
        for level in range(1, self.depth + 1):
            skips.append(t)
            t = self.down[level](F.max_pool2d(t, 2))
        for level in reversed(range(self.depth)):
            t = self.merge[level](torch.cat([skips[level], self.up[level](t)], 1))
        return self.out(t)


if cfg['network'] == 'convLstm':
    net, x, y = ConvLstm(), torch.randn(1, 3, 1, 128, 128), torch.randn(1, 1, 128, 128)
elif cfg['network'] == 'vivit':
    net, x, y = Vivit(), torch.randn(1, 256, 256), torch.randn(1, 1)
else:
    net, x, y = UNet(), torch.randn(1, 1, 128, 128), torch.randn(1, 1, 128, 128)
net, x, y = net.to(DEVICE), x.to(DEVICE), y.to(DEVICE)
optimiser = torch.optim.Adam(net.parameters())


def forward():
    with torch.no_grad():
        net(x)


def step():
    optimiser.zero_grad()
    ((net(x) - y) ** 2).mean().backward()
    optimiser.step()


def wait():
    if DEVICE != 'cpu':
        torch.cuda.synchronize()


BLAS = '/etc/alternatives/libblas.so.3-x86_64-linux-gnu'
blas = os.path.basename(os.path.dirname(os.path.realpath(BLAS))) if os.path.exists(BLAS) else 'its own BLAS'
print(json.dumps({'version': torch.__version__, 'blas': blas}), flush=True)
for line in sys.stdin:
    run = {'forward': forward, 'step': step}.get(line.strip())
    if run is None:
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, flush=True)
        continue
    wait()
    start, cpu = time.perf_counter(), time.process_time()
    run()
    wait()
    print((time.perf_counter() - start) * 1e3, (time.process_time() - cpu) * 1e3, flush=True)
