// A grid of feature maps, drawn from the tensor's own buffer: no copy, no texture. Beside it the
// reduction that finds each map's range. `src/figure/grid.rs` draws the same picture on the CPU.
//
// A convolution hands out its result as a permuted view, so values are always found by strides.

struct Maps {
    // All in elements, not bytes.
    offset: u32,
    channels: u32,
    height: u32,
    width: u32,
    channel_stride: u32,
    row_stride: u32,
    column_stride: u32,
    padding: u32,
}

struct View {
    // Where the grid begins, in pixels of the target.
    origin: vec2<i32>,
    // Side of a cell, and from one cell to the next, in pixels.
    cell: u32,
    pitch: u32,
    columns: u32,
    cells: u32,
    // 0: each map from its lowest to its highest value; 1: all maps of the layer alike; 2: `range`.
    scale: u32,
    // 1: zero lies in the middle of the range.
    signed: u32,
    range: vec2<f32>,
    // 1: the target turns linear values into sRGB by itself.
    linear: u32,
    // Above 0: colours as strong as their values, at most this, for what lies below to shine through.
    heat: f32,
    // For values that are no numbers.
    invalid: vec4<f32>,
}

@group(0) @binding(0) var<storage, read> values: array<f32>;
@group(0) @binding(1) var<uniform> maps: Maps;
// Lowest, highest, mean and share of zeros of each map; the last entry is the whole layer's. Where
// there is no number, lowest > highest.
@group(0) @binding(2) var<storage, read> stats: array<vec4<f32>>;
// The channel that each cell shows.
@group(0) @binding(3) var<storage, read> order: array<u32>;
@group(0) @binding(4) var<uniform> view: View;
@group(0) @binding(5) var<uniform> colours: array<vec4<f32>, 256>;

fn value(channel: u32, y: u32, x: u32) -> f32 {
    return values[maps.offset + channel * maps.channel_stride + y * maps.row_stride + x * maps.column_stride];
}

// By its bits: compilers may assume that numbers are finite.
fn is_number(v: f32) -> bool {
    return (bitcast<u32>(v) & 0x7f800000u) != 0x7f800000u;
}

@vertex
fn cover(@builtin(vertex_index) i: u32) -> @builtin(position) vec4<f32> {
    return vec4(f32(i & 1u) * 4.0 - 1.0, f32(i >> 1u) * 4.0 - 1.0, 0.0, 1.0);
}

@fragment
fn grid(@builtin(position) at: vec4<f32>) -> @location(0) vec4<f32> {
    let p = vec2<i32>(floor(at.xy)) - view.origin;
    let place = vec2<u32>(p);
    let column = place.x / view.pitch;
    let index = place.y / view.pitch * view.columns + column;
    let inside = place % view.pitch;
    if p.x < 0 || p.y < 0 || column >= view.columns || index >= view.cells || inside.x >= view.cell || inside.y >= view.cell {
        discard;
    }
    let channel = order[index];
    let own = stats[channel];
    let v = sample(channel, inside);
    var color = shade(v, own);
    if own.w == 1.0 && is_number(v) && (inside.x + inside.y) % 8u == 0u && view.heat == 0.0 {
        // A map without any signal is hatched: its colour alone could be that of a faint one.
        color = mix(color, vec4(0.5, 0.5, 0.5, 1.0), 0.35);
    }
    if view.linear == 1u {
        let c = color.rgb;
        color = vec4(select(pow((c + 0.055) / 1.055, vec3(2.4)), c / 12.92, c <= vec3(0.04045)), color.a);
    }
    return vec4(color.rgb * color.a, color.a);
}

// The map's value in a pixel of its cell: a single one when enlarged, else the mean of those that
// the pixel covers.
fn sample(channel: u32, inside: vec2<u32>) -> f32 {
    if view.cell >= maps.width && view.cell >= maps.height {
        let x = (2u * inside.x + 1u) * maps.width / (2u * view.cell);
        let y = (2u * inside.y + 1u) * maps.height / (2u * view.cell);
        return value(channel, y, x);
    }
    let x0 = inside.x * maps.width / view.cell;
    let y0 = inside.y * maps.height / view.cell;
    let x1 = max(((inside.x + 1u) * maps.width + view.cell - 1u) / view.cell, x0 + 1u);
    let y1 = max(((inside.y + 1u) * maps.height + view.cell - 1u) / view.cell, y0 + 1u);
    var sum = 0.0;
    for (var y = y0; y < min(y1, maps.height); y++) {
        for (var x = x0; x < min(x1, maps.width); x++) {
            let v = value(channel, y, x);
            if !is_number(v) {
                return v;
            }
            sum += v;
        }
    }
    return sum / f32((min(y1, maps.height) - y0) * (min(x1, maps.width) - x0));
}

fn shade(v: f32, own: vec4<f32>) -> vec4<f32> {
    if !is_number(v) {
        return view.invalid;
    }
    var range = view.range;
    if view.scale == 0u {
        range = own.xy;
    } else if view.scale == 1u {
        range = stats[maps.channels].xy;
    }
    if view.signed == 1u {
        let reach = max(abs(range.x), abs(range.y));
        range = vec2(-reach, reach);
    }
    // The middle, or the lowest colour, where there is no range.
    var t = 0.5 * f32(view.signed);
    if range.y > range.x {
        t = clamp((v - range.x) / (range.y - range.x), 0.0, 1.0);
    }
    let step = min(u32(t * 255.0), 254u);
    let color = mix(colours[step], colours[step + 1u], t * 255.0 - f32(step));
    let strength = select(t, abs(2.0 * t - 1.0), view.signed == 1u);
    return vec4(color.rgb, select(1.0, view.heat * sqrt(strength), view.heat > 0.0));
}

// --- The range of each map --------------------------------------------------------------------

@group(0) @binding(6) var<storage, read_write> found: array<vec4<f32>>;

const THREADS = 64u;
const HUGE = 3.4028234e38;
var<workgroup> lowest: array<f32, THREADS>;
var<workgroup> highest: array<f32, THREADS>;
var<workgroup> sums: array<f32, THREADS>;
// Finite values, and zeros among them.
var<workgroup> counts: array<vec2<u32>, THREADS>;

@compute @workgroup_size(THREADS)
fn channel_stats(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
    let channel = group.x;
    var low = HUGE;
    var high = -HUGE;
    var sum = 0.0;
    var count = vec2(0u);
    for (var i = thread; i < maps.height * maps.width; i += THREADS) {
        let v = value(channel, i / maps.width, i % maps.width);
        if is_number(v) {
            low = min(low, v);
            high = max(high, v);
            sum += v;
            count += vec2(1u, u32(v == 0.0));
        }
    }
    lowest[thread] = low;
    highest[thread] = high;
    sums[thread] = sum;
    counts[thread] = count;
    for (var half = THREADS / 2u; half > 0u; half /= 2u) {
        workgroupBarrier();
        if thread < half {
            lowest[thread] = min(lowest[thread], lowest[thread + half]);
            highest[thread] = max(highest[thread], highest[thread + half]);
            sums[thread] += sums[thread + half];
            counts[thread] += counts[thread + half];
        }
    }
    if thread == 0u {
        // Without any number the range is empty: the lowest value lies above the highest.
        let n = max(f32(counts[0].x), 1.0);
        // A quotient may be a little off; all zeros must be told from all but one.
        let zeros = select(f32(counts[0].y) / n, 1.0, counts[0].x > 0u && counts[0].x == counts[0].y);
        found[channel] = vec4(lowest[0], highest[0], sums[0] / n, zeros);
    }
}

@compute @workgroup_size(1)
fn layer_stats() {
    var all = vec4(HUGE, -HUGE, 0.0, 0.0);
    var n = 0.0;
    for (var channel = 0u; channel < maps.channels; channel++) {
        let own = found[channel];
        if own.x <= own.y {
            all = vec4(min(all.x, own.x), max(all.y, own.y), all.zw + own.zw);
            n += 1.0;
        }
    }
    found[maps.channels] = vec4(all.xy, all.zw / max(n, 1.0));
}
