//! The bind groups and pipelines that drawing feature maps takes: wgpu's forms, filled in.

use bytemuck::Pod;
use wgpu::util::DeviceExt;

pub(super) fn buffer_of<T: Pod>(
    device: &wgpu::Device,
    data: &[T],
    usage: wgpu::BufferUsages,
) -> wgpu::Buffer {
    device.create_buffer_init(&wgpu::util::BufferInitDescriptor {
        label: Some("feature maps"),
        contents: bytemuck::cast_slice(data),
        usage,
    })
}

pub(super) const STORAGE: wgpu::BufferBindingType =
    wgpu::BufferBindingType::Storage { read_only: true };
pub(super) const UNIFORM: wgpu::BufferBindingType = wgpu::BufferBindingType::Uniform;

pub(super) fn group_layout(
    device: &wgpu::Device,
    stages: wgpu::ShaderStages,
    kinds: &[wgpu::BufferBindingType],
) -> wgpu::BindGroupLayout {
    let numbered: Vec<_> = (0..).zip(kinds.iter().copied()).collect();
    group_layout_at(device, stages, &numbered)
}

pub(super) fn group_layout_at(
    device: &wgpu::Device,
    stages: wgpu::ShaderStages,
    kinds: &[(u32, wgpu::BufferBindingType)],
) -> wgpu::BindGroupLayout {
    let entries: Vec<_> = kinds
        .iter()
        .map(|(binding, ty)| wgpu::BindGroupLayoutEntry {
            binding: *binding,
            visibility: stages,
            ty: wgpu::BindingType::Buffer {
                ty: *ty,
                has_dynamic_offset: false,
                min_binding_size: None,
            },
            count: None,
        })
        .collect();
    device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
        label: Some("feature maps"),
        entries: &entries,
    })
}

fn pipeline_layout(device: &wgpu::Device, group: &wgpu::BindGroupLayout) -> wgpu::PipelineLayout {
    device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
        label: Some("feature maps"),
        bind_group_layouts: &[Some(group)],
        ..Default::default()
    })
}

pub(super) fn render_pipeline(
    device: &wgpu::Device,
    module: &wgpu::ShaderModule,
    group: &wgpu::BindGroupLayout,
    target: wgpu::TextureFormat,
) -> wgpu::RenderPipeline {
    device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
        label: Some("grid of feature maps"),
        layout: Some(&pipeline_layout(device, group)),
        vertex: wgpu::VertexState {
            module,
            entry_point: Some("cover"),
            compilation_options: Default::default(),
            buffers: &[],
        },
        fragment: Some(wgpu::FragmentState {
            module,
            entry_point: Some("grid"),
            compilation_options: Default::default(),
            targets: &[Some(wgpu::ColorTargetState {
                format: target,
                blend: Some(wgpu::BlendState::PREMULTIPLIED_ALPHA_BLENDING),
                write_mask: wgpu::ColorWrites::ALL,
            })],
        }),
        primitive: wgpu::PrimitiveState::default(),
        depth_stencil: None,
        multisample: wgpu::MultisampleState::default(),
        multiview_mask: None,
        cache: None,
    })
}

pub(super) fn compute_pipeline(
    device: &wgpu::Device,
    module: &wgpu::ShaderModule,
    group: &wgpu::BindGroupLayout,
    entry: &str,
) -> wgpu::ComputePipeline {
    device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
        label: Some(entry),
        layout: Some(&pipeline_layout(device, group)),
        module,
        entry_point: Some(entry),
        compilation_options: Default::default(),
        cache: None,
    })
}
