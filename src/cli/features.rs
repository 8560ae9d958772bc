//! `smn-studio features`: the paper's Figure 6 of a photo, for print and for Python.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use clap::Args;
use image::RgbImage;

use super::files::{Files, Opened, Output};
use super::inputs::{FaceArgs, FacePlace, NetworkArgs, PageArgs, named, warn};
use crate::atomic::write_atomic;
use crate::dataset::{FaceSubset, Population, SUBSET_SEED, Sample};
use crate::figure::{
    ColourMap, FeatureFigure, Format, PhotoProvenance, Pixels, Provenance, Scale, SecondProvenance,
    figure6, matches_table, points, write_maps,
};
use crate::humanize::{counted, title};
use crate::label::FaceBox;
use crate::model::{Checkpoint, Predictor, TapLayer, weights_name};
use crate::photo::Photo;
use crate::study::{
    FaceMaps, MapsRequest, Matched, Second, TRAINED_APART, match_channels, towers_at,
};
use crate::terminal::{bar, errln, outln};

/// Draws the feature maps of one layer in every tower, or writes them for NumPy.
#[derive(Args)]
pub struct FeaturesArgs {
    photo: PathBuf,
    /// conv1_1 to conv4_3; in channelwise networks also fuse1_2 to fuse4_3 and fuse_fc, what
    /// enters those and Fc
    #[arg(long, default_value = "conv1_2")]
    layer: TapLayer,
    #[command(flatten)]
    face: FaceArgs,
    /// The figure to write: .png, .svg or .pdf
    #[arg(long, value_name = "FILE", required_unless_present = "npy")]
    out: Option<PathBuf>,
    /// Folder for the maps themselves, DIR/TOWER_LAYER.npy of the shape (channels, side, side);
    /// of a comparison also TOWER_LAYER_second.npy and TOWER_LAYER_difference.npy, second − first;
    /// maps.json beside them says of each what it was made of
    #[arg(long, value_name = "DIR")]
    npy: Option<PathBuf>,
    /// What the darkest and the lightest colour stand for: channel (each one's own range; of two
    /// networks or photos the one that both span), own (each channel of each of the two its own, and
    /// the difference of channels divided by their largest absolute value), layer, or fixed:LO,HI
    #[arg(long, default_value = "channel", allow_hyphen_values = true)]
    scale_mode: Scale,
    #[arg(long, value_enum, default_value_t = ColourMap::default())]
    colours: ColourMap,
    /// Only these channels, in this order: 0,3,7
    #[arg(long, value_delimiter = ',', value_name = "N,N,…")]
    channels: Option<Vec<usize>>,
    /// Compare with this network on the same photo, and draw the difference
    #[arg(long, value_name = "WEIGHTS", conflicts_with = "compare_photo")]
    compare: Option<PathBuf>,
    /// Compare with this photo in the same network, and draw the difference
    #[arg(long, value_name = "PHOTO")]
    compare_photo: Option<PathBuf>,
    /// With --compare: beside each channel stands the one of the second network whose maps correlate
    /// most with its own over faces of these data sets, one to one; else the one of the same number,
    /// which says something of networks of one origin alone
    #[arg(long = "match", value_name = "DATA", requires = "compare", num_args = 1..)]
    matched: Vec<PathBuf>,
    /// Number of faces, drawn at random
    #[arg(long, value_name = "N", requires = "matched", default_value_t = 32)]
    match_faces: usize,
    /// The pairs and their correlations as CSV
    #[arg(long, value_name = "FILE", requires = "matched")]
    matches: Option<PathBuf>,
    #[command(flatten)]
    page: PageArgs,
    #[command(flatten)]
    network: NetworkArgs,
}

impl Files for FeaturesArgs {
    fn data(&self) -> Vec<Vec<PathBuf>> {
        vec![self.face.data_sets(), self.matched.clone()]
    }

    fn inputs(&self) -> Vec<PathBuf> {
        let others = [&self.compare, &self.compare_photo];
        let mut files = self.network.files();
        files.push(self.photo.clone());
        files.extend(others.into_iter().flatten().cloned());
        files
    }

    fn outputs(&self) -> Vec<Output> {
        let matches = self.npy.iter().filter(|_| !self.matched.is_empty());
        let files = [&self.out, &self.matches].map(|path| Output::file(path.as_ref()));
        let files = files.into_iter().flatten();
        files
            .chain(matches.flat_map(|folder| Output::files(folder, &["matches.csv"])))
            .collect()
    }
}

pub fn run(args: FeaturesArgs, opened: &mut Opened) -> Result<()> {
    let format = args.out.as_ref().map(|o| args.page.check(o)).transpose()?;
    let predictor = args.network.predictor()?;
    let photo = Photo::open(&args.photo)?;
    let place = args
        .face
        .place(&args.photo, &photo, predictor.schema(), opened)?;
    let request = MapsRequest::new(&predictor, &photo.image, &place.face_box, args.layer);
    request.check()?;
    let second = Compared::open(&args, &predictor, opened)?;
    let own = named(&predictor);
    // Two photos are compared in the same network.
    let other = match &second {
        Some(Compared::Network(other)) => named(other),
        Some(Compared::Photo(..)) | None => own.clone(),
    };
    let matched = match &second {
        Some(Compared::Network(second)) => {
            matched(&args, [&predictor, second], [&own.1, &other.1], opened)?
        }
        Some(Compared::Photo(..)) | None => None,
    };
    let request = MapsRequest {
        second: second.as_ref().map(Compared::side),
        matched: matched.as_ref(),
        ..request
    };
    let maps = request.run()?;
    let names = names(&args, &predictor, second.as_ref());
    if let Some(text) = maps.alone_text() {
        log::warn!("{text}");
    }
    if let (Some(Compared::Network(_)), None) = (&second, &matched) {
        warn_of_numbers(&maps, args.layer, &names);
    }
    let made_of = provenance(&args, &predictor, &place, (second.as_ref(), &maps));
    let (origin, fingerprint) = named(&predictor);
    let network = (origin.as_str(), fingerprint.as_str());
    if let Some(folder) = &args.npy {
        for path in write_maps(folder, (&maps, matched.as_ref()), &made_of, network)? {
            outln!("{}", path.display());
        }
    }
    let (Some(out), Some(format)) = (&args.out, format) else {
        return Ok(());
    };
    let figure = FeatureFigure {
        width_mm: args.page.width_mm,
        scale: args.scale_mode,
        colours: args.colours,
        channels: args.channels.clone(),
        pixels: match format {
            Format::Png => Pixels::PerPoint(args.page.dpi() / points(25.4)),
            Format::Svg | Format::Pdf => Pixels::Own,
        },
        ..FeatureFigure::of(&maps, [&names[0], &names[1]])
    };
    let mut page = figure.page()?;
    made_of.note(&mut page, network);
    args.page.write(&page, out)
}

/// What the photo in the network is compared with.
enum Compared {
    Network(Box<Predictor>),
    Photo(Photo, FacePlace),
}

impl Compared {
    fn open(
        args: &FeaturesArgs,
        predictor: &Predictor,
        opened: &mut Opened,
    ) -> Result<Option<Self>> {
        if let Some(path) = &args.compare_photo {
            let photo = Photo::open(path)?;
            let place = args
                .face
                .place_of_other(path, &photo, predictor.schema(), opened)?;
            return Ok(Some(Self::Photo(photo, place)));
        }
        let Some(weights) = &args.compare else {
            return Ok(None);
        };
        let device = predictor.device().clone();
        let checkpoint = Checkpoint::load(weights, &device)?;
        Ok(Some(Self::Network(Box::new(Predictor::new(
            checkpoint, device,
        )))))
    }

    fn side(&self) -> Second<'_> {
        match self {
            Self::Network(other) => Second::Network(other),
            Self::Photo(photo, place) => Second::Photo(&photo.image, &place.face_box),
        }
    }
}

fn provenance(
    args: &FeaturesArgs,
    own: &Predictor,
    place: &FacePlace,
    (second, maps): (Option<&Compared>, &FaceMaps),
) -> Provenance {
    let mut made_of = Provenance {
        photo: Some(photo_provenance(&args.photo, place)),
        data: args.face.data(),
        second_photo: match (second, &args.compare_photo) {
            (Some(Compared::Photo(_, place)), Some(path)) => Some(photo_provenance(path, place)),
            _ => None,
        },
        second: second.map(|second| SecondProvenance {
            network: named(match second {
                Compared::Network(other) => other,
                Compared::Photo(..) => own,
            }),
            muted: String::new(),
        }),
        ..Provenance::default()
    };
    made_of.add_pairs(maps);
    made_of
}

fn photo_provenance(path: &Path, place: &FacePlace) -> PhotoProvenance {
    PhotoProvenance {
        photo: path.display().to_string(),
        face_box: place.face_box,
        source: place.source,
    }
}

/// What both sides are called.
fn names(args: &FeaturesArgs, own: &Predictor, second: Option<&Compared>) -> [String; 2] {
    let stem = |path: &Path| {
        let stem = path.file_stem().unwrap_or_default();
        stem.to_string_lossy().into_owned()
    };
    match (second, &args.compare_photo) {
        (Some(Compared::Network(other)), _) => {
            [own, other].map(|p| weights_name(&p.checkpoint().origin))
        }
        (_, Some(path)) => [stem(&args.photo), stem(path)],
        _ => [stem(&args.photo), String::new()],
    }
}

/// Says whether equal numbers of channels mean anything, where none are matched.
fn warn_of_numbers(maps: &FaceMaps, layer: TapLayer, names: &[String; 2]) {
    let Some(second) = &maps.second else {
        return;
    };
    if !maps.has_difference() {
        let counts = [&maps.first, second]
            .map(|side| format!("{} channels at {}", side.channels_text(), layer.title()));
        log::warn!(
            "{} has {} and {} has {}: there is no difference by number; --match pairs as many as \
             there are",
            names[0],
            counts[0],
            names[1],
            counts[1]
        );
        return;
    }
    if maps.are_apart_by_number() {
        log::warn!("{TRAINED_APART}; --match pairs those that answer alike");
    }
}

/// Which channels of the second network answer as those of the first, where that is asked.
/// `fingerprints` are those of both.
fn matched(
    args: &FeaturesArgs,
    both: [&Predictor; 2],
    fingerprints: [&str; 2],
    opened: &mut Opened,
) -> Result<Option<Matched>> {
    if args.matched.is_empty() {
        return Ok(None);
    }
    ensure!(args.match_faces > 0, "--match-faces 0 matches nothing");
    towers_at(both, args.layer)?;
    let set = opened.take(&args.matched, both[0].schema())?;
    warn(&set.problems);
    let population = Population {
        data: &set.name,
        ..Population::default()
    };
    let choice = FaceSubset::draw(
        &set.samples,
        population,
        Some(args.match_faces),
        SUBSET_SEED,
    );
    let samples = choice.indices.iter().map(|i| &set.samples[*i as usize]);
    let samples: Vec<&Sample> = samples.collect();
    ensure!(!samples.is_empty(), "{}: no faces", set.name);
    let bar = bar(samples.len());
    let found = match_channels(both, args.layer, &samples, |done| {
        bar.set_position(done as u64);
        true
    });
    bar.finish_and_clear();
    let (towers, problems) = found?;
    for problem in &problems {
        log::warn!("left out: {problem}");
    }
    let faces = towers.first().map_or(0, |m| m.faces);
    ensure!(faces > 0, "none of the pictures could be read");
    let over = choice.describe(faces);
    for matching in &towers {
        let [first, second] = matching.channels;
        let of = match matching.pairs.len() == first.max(second) {
            true => String::new(),
            false => {
                let pairs = counted(matching.pairs.len(), "pair");
                format!(", {pairs} of {first} and {second} channels")
            }
        };
        let mean = matching.mean().map_or("–".into(), correlation);
        let tower = title(&matching.tower);
        errln!("{tower}: mean correlation {mean} over {over}{of}");
    }
    let matched = Matched {
        towers,
        faces: over,
        networks: fingerprints.map(str::to_owned),
    };
    if let Some(file) = &args.matches {
        let table = matches_table(&matched.towers, &matched.faces, &matched.networks);
        write_atomic(file, table.csv().as_bytes()).with_context(|| file.display().to_string())?;
        outln!("{}", file.display());
    }
    Ok(Some(matched))
}

fn correlation(r: f64) -> String {
    format!("{r:.2}").replace('-', "−")
}

/// Figure 6 of a face at a layer, as a picture.
pub fn figure(
    predictor: &Predictor,
    photo: &RgbImage,
    face_box: &FaceBox,
    place: TapLayer,
) -> Result<RgbImage> {
    let maps = MapsRequest::new(predictor, photo, face_box, place).run()?;
    Ok(figure6(&maps)?)
}
