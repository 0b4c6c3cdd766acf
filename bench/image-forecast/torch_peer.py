"""The image network of a lesion (ConvLSTM, ST-FiLM, residual on displacement) in eager PyTorch, with the weights and inputs
of a file. Each line read asks for one forward pass; the answer is milliseconds of wall clock and of processor time."""
import json, os, sys, time
import numpy as np, torch, torch.nn.functional as F

cfg = json.loads(sys.argv[1])
torch.set_num_threads(cfg['threads'])
s = cfg['settings']
raw = np.fromfile(cfg['file'], dtype='<f4')
arrays = {e['name']: torch.from_numpy(raw[e['from']:e['from'] + e['size']].reshape(e['shape']).copy()) for e in cfg['arrays']}
H, W, C, T, hidden, stride = s['height'], s['width'], s['channels'], s['frames'], s['hidden'], s['stride']
h, w = H // stride, W // stride


def filters(name):
    return arrays[name + '.filter'].permute(3, 2, 0, 1).contiguous(), arrays[name + '.bias']


conv = {n[:-7]: filters(n[:-7]) for n in arrays if n.endswith('.filter')}
# depthToSpace has the place before the channel, pixel_shuffle after it.
weight, bias = conv['decode.enlarge']
order = torch.arange(weight.shape[0]).reshape(stride * stride, -1).T.reshape(-1)
conv['decode.enlarge'] = weight[order].contiguous(), bias[order].contiguous()
lin = {n[:-8]: (arrays[n].T.contiguous(), arrays[n[:-8] + '.bias']) for n in arrays if n.endswith('.weights')}


def resize_matrix(size, to):
    """Bilinear with corners at the same place, as tf.image.resizeBilinear has it."""
    m = torch.zeros(to, size)
    for i in range(to):
        at = i * size / to
        low = int(at)
        high = min(size - 1, low + 1)
        m[i, low] += 1 - (at - low)
        m[i, high] += at - low
    return m


UP_H, UP_W = resize_matrix(4, h), resize_matrix(4, w)
rows, cols = torch.meshgrid(torch.arange(H).float(), torch.arange(W).float(), indexing='ij')
small = torch.meshgrid(torch.arange(h).float(), torch.arange(w).float(), indexing='ij')


def c2(name, x, st=1):
    weight, b = conv[name]
    return F.conv2d(x, weight, b, stride=st, padding=1 if weight.shape[2] == 3 else 0)


def features(t):
    return torch.cat([t * 0.25, torch.log(t + 1), torch.exp(-t)], 1)


def film(name, x, z):
    field = F.linear(z, *lin[name + '.film']).reshape(-1, 4, 4, 2 * hidden).permute(0, 3, 1, 2)
    field = UP_H @ field @ UP_W.T
    gamma, beta = field.chunk(2, 1)
    return x * (gamma + 1) + beta


def moved(image, by, at):
    y, x = at[0] + by[:, 0], at[1] + by[:, 1]
    hh, ww = image.shape[2:]
    grid = torch.stack([2 * x / (ww - 1) - 1, 2 * y / (hh - 1) - 1], 3)
    return F.grid_sample(image, grid, mode='bilinear', padding_mode='border', align_corners=True)


def network(i):
    b = i['frames'].shape[0]
    ages, interval = i['ages'], i['interval']
    z = torch.tanh(F.linear(torch.cat([i['ehr'].reshape(b * T, -1), features(ages.reshape(-1, 1))], 1), *lin['ehr.embed']))
    plan = i['plan']
    planned = torch.tanh(F.linear(torch.cat([plan, plan / (interval + 1e-3), features(interval)], 1), *lin['plan.embed']))
    stem = torch.relu(c2('stem', i['frames'].reshape(b * T, C, H, W), stride))
    mixed = film('history', stem + c2('stem.mix', stem), z).reshape(b, T, hidden, h, w)
    out = memory = torch.zeros(b, hidden, h, w)
    rate = F.softplus(arrays['cell0.decay']).reshape(1, -1, 1, 1)
    for t in range(T):
        there = i['mask'][:, t].reshape(b, 1, 1, 1)
        kept = memory
        if t > 0:
            kept = memory * torch.exp(-(ages[:, t - 1] - ages[:, t]).reshape(b, 1, 1, 1) * rate)
        gi, gf, go, gu = c2('cell0', torch.cat([mixed[:, t], out], 1)).chunk(4, 1)
        m = torch.sigmoid(gf + 1) * kept + torch.sigmoid(gi) * torch.tanh(gu)
        o = torch.sigmoid(go) * torch.tanh(m)
        memory = memory + there * (m - memory)
        out = out + there * (o - out)
    state = film('plan', out, planned)
    decoded = torch.relu(c2('decode.state', state))
    enlarged = F.pixel_shuffle(c2('decode.enlarge', decoded), stride)
    growth = (1 - torch.exp(interval * -4)).reshape(b, 1, 1, 1)
    d = c2('decode.velocity', decoded) * growth / 16
    for _ in range(4):
        d = d + moved(d, d, small)
    d = F.interpolate(d, size=(H, W), mode='bilinear', align_corners=False) * stride
    anchor, mean = moved(torch.cat([i['anchor'], i['mean']], 1), d, (rows, cols)).split(C, 1)
    difference = mean - anchor
    f = torch.relu(c2('decode.join', torch.cat([enlarged, anchor, difference, i['guide']], 1)))
    residual = difference * arrays['decode.denoise'].reshape(1, -1, 1, 1) + c2('decode.residual', f)
    scale = torch.exp(torch.clamp(c2('decode.scale', f) - 3.5, -7, 1))
    return anchor + growth * residual, scale


inputs = {n[6:]: a for n, a in arrays.items() if n.startswith('input/')}
for name in ('frames', 'anchor', 'mean', 'guide'):
    x = inputs[name]
    inputs[name] = x.movedim(-1, -3).contiguous()
with torch.no_grad():
    image, scale = network(inputs)
    ours = arrays['output/image'].permute(0, 3, 1, 2)
    difference = float((image - ours).abs().max() / ours.abs().max())
BLAS = '/etc/alternatives/libblas.so.3-x86_64-linux-gnu'
blas = os.path.basename(os.path.dirname(os.path.realpath(BLAS))) if os.path.exists(BLAS) else 'its own BLAS'
print(json.dumps({'version': torch.__version__, 'blas': blas, 'difference': difference}), flush=True)
for _ in sys.stdin:
    start, cpu = time.perf_counter(), time.process_time()
    with torch.no_grad():
        network(inputs)
    print((time.perf_counter() - start) * 1e3, (time.process_time() - cpu) * 1e3, flush=True)
