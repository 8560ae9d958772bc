//! Maps are drawn by the GPU, a grid in one call.

use std::sync::Arc;

use eframe::egui::{Rect, Shape};
use eframe::egui_wgpu::{Callback, CallbackResources, CallbackTrait, ScreenDescriptor};
use eframe::{egui, wgpu};

use crate::app::features::state::maps::Shown;
use crate::figure::GridStyle;
use crate::map_painter::{Grid, MapBuffer, MapPainter};

/// One draw call within egui's pass.
pub struct DrawGrid {
    pub painter: Arc<MapPainter>,
    pub grid: Arc<Grid>,
    /// The grid's first pixel.
    pub origin: [i32; 2],
    pub heat: f32,
}

impl DrawGrid {
    pub fn shape(self, area: Rect) -> Shape {
        Shape::Callback(Callback::new_paint_callback(area, self))
    }
}

impl CallbackTrait for DrawGrid {
    fn prepare(
        &self,
        _device: &wgpu::Device,
        queue: &wgpu::Queue,
        _screen: &ScreenDescriptor,
        _encoder: &mut wgpu::CommandEncoder,
        _resources: &mut CallbackResources,
    ) -> Vec<wgpu::CommandBuffer> {
        self.grid.place(queue, self.origin, self.heat);
        Vec::new()
    }

    fn paint(
        &self,
        _info: egui::PaintCallbackInfo,
        pass: &mut wgpu::RenderPass<'static>,
        _resources: &CallbackResources,
    ) {
        self.painter.draw(&self.grid, pass);
    }
}

/// The channel as one large cell, made anew only when it has changed.
pub fn heat_grid(
    shown: &mut Shown,
    painter: &Arc<MapPainter>,
    maps: &Arc<MapBuffer>,
    look: GridStyle,
) -> Arc<Grid> {
    if let Some((made, of, grid)) = &shown.heat
        && *made == look
        && Arc::ptr_eq(of, maps)
    {
        return grid.clone();
    }
    let grid = Arc::new(painter.grid(maps, look.clone()));
    shown.heat = Some((look, maps.clone(), grid.clone()));
    grid
}
