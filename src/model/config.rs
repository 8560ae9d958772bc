//! The networks of the paper (R. Matsui, T. Yamashita, H. Fujiyoshi, *Simultaneous Estimation of
//! Facial Landmark and Attributes with Separation Multi-task Networks*, VISAPP 2019) as one
//! configuration: Table 1's layers, the hard-sharing baselines, the separation networks and the
//! branch points of Table 4.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::error::{ConfigError, UnknownLayer};
use crate::label::{INPUT_SIZE, Schema, Task};

/// The convolutions of every tower, in order (Table 1). Each is 3×3 with padding 1, then ReLU;
/// the last of a block is followed by 2×2 max pooling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Layer {
    Conv1_1,
    Conv1_2,
    Conv2_1,
    Conv2_2,
    Conv3_1,
    Conv3_2,
    Conv3_3,
    Conv4_1,
    Conv4_2,
    Conv4_3,
}

impl Layer {
    pub const ALL: [Layer; 10] = [
        Layer::Conv1_1,
        Layer::Conv1_2,
        Layer::Conv2_1,
        Layer::Conv2_2,
        Layer::Conv3_1,
        Layer::Conv3_2,
        Layer::Conv3_3,
        Layer::Conv4_1,
        Layer::Conv4_2,
        Layer::Conv4_3,
    ];

    /// "1_1" to "4_3": block and place in it.
    pub fn suffix(self) -> &'static str {
        [
            "1_1", "1_2", "2_1", "2_2", "3_1", "3_2", "3_3", "4_1", "4_2", "4_3",
        ][self.index()]
    }

    pub fn name(self) -> String {
        format!("conv{}", self.suffix())
    }

    pub fn index(self) -> usize {
        self as usize
    }

    /// 1 to 4.
    pub fn block(self) -> usize {
        [1, 1, 2, 2, 3, 3, 3, 4, 4, 4][self.index()]
    }

    /// Whether max pooling follows.
    pub fn ends_block(self) -> bool {
        [1, 3, 6, 9].contains(&self.index())
    }

    /// Side of the layer's feature map in pixels: 128 in block 1 to 16 in block 4.
    pub fn side(self) -> usize {
        INPUT_SIZE >> (self.block() - 1)
    }

    /// Side of the square of input pixels that a value of the layer depends on, and how far apart
    /// those of neighbouring values lie. The square's centre is that of the value's own share of
    /// the input: (x + ½)·step.
    pub fn receptive_field(self) -> (usize, usize) {
        let (mut side, mut step) = (1, 1);
        for layer in &Self::ALL[..=self.index()] {
            side += 2 * step;
            if *layer != self && layer.ends_block() {
                side += step;
                step *= 2;
            }
        }
        (side, step)
    }

    /// Channels in and out of the shared tower's layer at `width`.
    pub fn channels(self, width: usize) -> (usize, usize) {
        let output = |i: usize| width * [1, 1, 2, 2, 4, 4, 4, 8, 8, 8][i];
        let i = self.index();
        (if i == 0 { 3 } else { output(i - 1) }, output(i))
    }
}

impl FromStr for Layer {
    type Err = UnknownLayer;

    fn from_str(s: &str) -> Result<Self, UnknownLayer> {
        Self::ALL
            .into_iter()
            .find(|l| l.name() == s.to_ascii_lowercase().replace('-', "_"))
            .ok_or_else(|| UnknownLayer {
                name: s.to_owned(),
                layers: Self::ALL.map(Self::name).join(", "),
            })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topology {
    /// The paper's method: shared and task towers in parallel.
    Separation,
    /// The paper's baseline: one shared tower up to the branch point, then one tower per task.
    HardSharing,
}

/// Where task towers leave the shared one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Branch {
    /// At the image. With hard sharing: nothing is shared, the single-task controls.
    Input,
    /// After this layer (and its pooling). With hard sharing, `conv4_3` means that only Fc
    /// branches.
    After(Layer),
}

impl Branch {
    /// Index of the first layer of a task tower, 0 to 10.
    pub fn first_layer(self) -> usize {
        match self {
            Self::Input => 0,
            Self::After(layer) => layer.index() + 1,
        }
    }
}

impl TryFrom<String> for Branch {
    type Error = UnknownLayer;

    fn try_from(s: String) -> Result<Self, UnknownLayer> {
        s.parse()
    }
}

impl FromStr for Branch {
    type Err = UnknownLayer;

    fn from_str(s: &str) -> Result<Self, UnknownLayer> {
        if s == "input" {
            Ok(Self::Input)
        } else {
            s.parse().map(Self::After)
        }
    }
}

impl From<Branch> for String {
    fn from(branch: Branch) -> Self {
        match branch {
            Branch::Input => "input".into(),
            Branch::After(layer) => layer.name(),
        }
    }
}

/// How a separation network joins a task feature map with the shared one of the same level.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fusion {
    /// The task convolution takes the doubled channels.
    #[default]
    Concat,
    /// A linear 1×1 convolution 2C→C comes before it.
    Channelwise,
}

/// Normalisation after each convolution while training; it is folded into the convolution for
/// inference and in every checkpoint. The paper has none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Norm {
    #[default]
    None,
    Batch,
}

impl Norm {
    fn is_none(&self) -> bool {
        *self == Self::None
    }
}

/// The shape of a network. The keys are those of a checkpoint's `config`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Config {
    pub topology: Topology,
    pub branch: Branch,
    #[serde(default)]
    pub fusion: Fusion,
    /// Channels of block 1; blocks 2 to 4 have 2, 4 and 8 times as many. The paper's is 64.
    pub width: usize,
    /// Units of each task's Fc. The paper's is 2048.
    pub fc: usize,
    #[serde(default, skip_serializing_if = "Norm::is_none")]
    pub norm: Norm,
}

/// Larger networks than this are refused when a file asks for them: four times the paper's width
/// and eight times its Fc.
const MAX_WIDTH: usize = 256;
const MAX_FC: usize = 16_384;

impl Config {
    /// The names under which [`Config::variant`] knows the paper's nine networks and the
    /// single-task control.
    pub const VARIANTS: [&str; 10] = [
        "ours_concat",
        "ours_channelwise",
        "baseline_fc",
        "baseline_conv1_2",
        "baseline_conv2_2",
        "baseline_conv3_3",
        "changed_ours_conv1_2",
        "changed_ours_conv2_2",
        "changed_ours_conv3_3",
        "single_task",
    ];

    /// A network of the paper at its size (width 64, fc 2048).
    pub fn variant(name: &str) -> Option<Self> {
        let (topology, branch, fusion) = match name {
            "ours_concat" => (Topology::Separation, Branch::Input, Fusion::Concat),
            "ours_channelwise" => (Topology::Separation, Branch::Input, Fusion::Channelwise),
            "baseline_fc" => (
                Topology::HardSharing,
                Branch::After(Layer::Conv4_3),
                Fusion::Concat,
            ),
            "single_task" => (Topology::HardSharing, Branch::Input, Fusion::Concat),
            _ => {
                let (topology, layer) = match name.strip_prefix("baseline_") {
                    Some(layer) => (Topology::HardSharing, layer),
                    None => (Topology::Separation, name.strip_prefix("changed_ours_")?),
                };
                let layer: Layer = layer.parse().ok()?;
                if !matches!(layer, Layer::Conv1_2 | Layer::Conv2_2 | Layer::Conv3_3) {
                    return None;
                }
                (topology, Branch::After(layer), Fusion::Concat)
            }
        };
        Some(Self {
            topology,
            branch,
            fusion,
            width: 64,
            fc: 2048,
            norm: Norm::None,
        })
    }

    pub fn sized(self, width: usize, fc: usize) -> Self {
        Self { width, fc, ..self }
    }

    pub fn validate(&self) -> Result<(), ConfigError> {
        if !(1..=MAX_WIDTH).contains(&self.width) {
            return Err(ConfigError::Width {
                width: self.width,
                max: MAX_WIDTH,
            });
        }
        if !(1..=MAX_FC).contains(&self.fc) {
            return Err(ConfigError::Fc {
                fc: self.fc,
                max: MAX_FC,
            });
        }
        Ok(())
    }

    pub fn is_separation(&self) -> bool {
        self.topology == Topology::Separation
    }

    /// The layers of the shared tower: all of them in a separation network, those up to the
    /// branch point with hard sharing.
    pub fn shared_layers(&self) -> &'static [Layer] {
        if self.is_separation() {
            &Layer::ALL
        } else {
            &Layer::ALL[..self.branch.first_layer()]
        }
    }

    /// The layers of a task tower.
    pub fn task_layers(&self) -> &'static [Layer] {
        &Layer::ALL[self.branch.first_layer()..]
    }

    /// Channels into a task tower's layer, with the shared map where concatenation doubles them,
    /// and channels out.
    pub fn task_channels(&self, layer: Layer) -> (usize, usize) {
        let (input, output) = layer.channels(self.width);
        let doubled = self.fuses(layer) && self.fusion == Fusion::Concat;
        (if doubled { 2 * input } else { input }, output)
    }

    /// Whether the shared map of the same level joins what enters this layer of a task tower.
    pub fn fuses(&self, layer: Layer) -> bool {
        self.is_separation() && layer.index() > self.branch.first_layer()
    }

    /// Whether a 1×1 convolution stands before this layer of a task tower.
    pub fn has_fuse(&self, layer: Layer) -> bool {
        self.fuses(layer) && self.fusion == Fusion::Channelwise
    }

    /// Whether a 1×1 convolution stands before a task's Fc.
    pub fn has_fuse_fc(&self) -> bool {
        self.is_separation() && self.fusion == Fusion::Channelwise
    }

    /// Channels and units that enter Fc.
    pub fn fc_input(&self) -> (usize, usize) {
        let doubled = self.is_separation() && self.fusion == Fusion::Concat;
        let channels = 8 * self.width * if doubled { 2 } else { 1 };
        let side = INPUT_SIZE / 16;
        (channels, channels * side * side)
    }

    /// Parameters of the whole network on `schema`, without building it.
    pub fn parameters(&self, schema: &Schema) -> usize {
        let conv = |(input, output): (usize, usize), kernel: usize| {
            input * output * kernel * kernel + output
        };
        let shared: usize = self
            .shared_layers()
            .iter()
            .map(|l| conv(l.channels(self.width), 3))
            .sum();
        let tower = |task: &Task| {
            let convs: usize = self
                .task_layers()
                .iter()
                .map(|&l| {
                    let (input, _) = l.channels(self.width);
                    let fuse = if self.has_fuse(l) {
                        conv((2 * input, input), 1)
                    } else {
                        0
                    };
                    fuse + conv(self.task_channels(l), 3)
                })
                .sum();
            let fuse_fc = if self.has_fuse_fc() {
                conv((16 * self.width, 8 * self.width), 1)
            } else {
                0
            };
            convs
                + fuse_fc
                + conv((self.fc_input().1, self.fc), 1)
                + conv((self.fc, task.outputs()), 1)
        };
        shared + schema.tasks.iter().map(tower).sum::<usize>()
    }

    /// What a person calls the network.
    pub fn title(&self) -> String {
        let at = String::from(self.branch);
        match (self.topology, self.branch) {
            (Topology::Separation, Branch::Input) => match self.fusion {
                Fusion::Concat => "separation, concat".into(),
                Fusion::Channelwise => "separation, channelwise".into(),
            },
            (Topology::Separation, _) => format!("separation from {at}"),
            (Topology::HardSharing, Branch::Input) => "single-task".into(),
            (Topology::HardSharing, _) => format!("hard sharing to {at}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameter_counts_are_the_papers() {
        let counts = [
            ("ours_concat", 306_791_450),
            ("ours_channelwise", 161_413_402),
            ("baseline_fc", 142_041_498),
            ("baseline_conv1_2", 149_638_042),
            ("baseline_conv2_2", 149_416_602),
            ("baseline_conv3_3", 147_941_274),
            ("changed_ours_conv1_2", 306_492_826),
            ("changed_ours_conv2_2", 305_165_210),
            ("changed_ours_conv3_3", 297_495_962),
        ];
        for (name, count) in counts {
            let config = Config::variant(name).unwrap();
            assert_eq!(config.parameters(&Schema::face()), count, "{name}");
        }
    }

    #[test]
    fn every_variant_survives_json_with_the_reference_keys() {
        for name in Config::VARIANTS {
            let config = Config::variant(name).unwrap();
            let json = serde_json::to_value(&config).unwrap();
            for key in ["topology", "branch", "fusion", "width", "fc"] {
                assert!(json.get(key).is_some(), "{name} lacks {key}");
            }
            assert_eq!(serde_json::from_value::<Config>(json).unwrap(), config);
        }
        assert!(Config::variant("changed_ours_conv4_3").is_none());
    }

    #[test]
    fn layers_are_named_as_in_checkpoints() {
        assert_eq!("conv3_2".parse::<Layer>(), Ok(Layer::Conv3_2));
        assert!(
            "conv5_1"
                .parse::<Layer>()
                .unwrap_err()
                .to_string()
                .contains("conv4_3")
        );
        let sized = |width, fc| Config::variant("ours_concat").unwrap().sized(width, fc);
        assert_eq!(sized(64, 512).validate(), Ok(()));
        let wide = sized(0, 512).validate().unwrap_err();
        assert!(
            matches!(wide, ConfigError::Width { width: 0, .. }),
            "{wide}"
        );
        let long = sized(64, 1 << 20).validate().unwrap_err();
        assert!(matches!(long, ConfigError::Fc { .. }), "{long}");
        let config = r#"{"topology":"separation","branch":"conv9_9","width":2,"fc":8}"#;
        assert!(serde_json::from_str::<Config>(config).is_err());
    }
}
