//! `smn-studio features`: the paper's Figure 6 of a photo, for print and for Python.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use image::RgbImage;

use super::inputs::{FaceArgs, NetworkArgs, PageArgs, warn};
use crate::atomic::write_atomic;
use crate::batch::crop_image;
use crate::dataset::{self, BoxSource, CHOICE_SEED, FaceChoice, Population, Sample};
use crate::engine::{FigureFacts, PhotoFacts, SecondFacts, write_matches, write_numbers};
use crate::figure::{
    ColourMap, FeatureFigure, FigureRow, Format, Pixels, Scale, Table, difference_words, figure6,
    matches_table, points,
};
use crate::label::FaceBox;
use crate::model::{Checkpoint, FeatureMap, Predictor, TapLayer, weights_name};
use crate::photo::Photo;
use crate::study::{Kinship, Matching, match_channels};
use crate::terminal::{errln, outln};
use crate::words::{counted, layer_title, title};

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
    /// of a comparison also TOWER_LAYER_second.npy and TOWER_LAYER_difference.npy, second − first
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
    /// Beside it the same photo in this network, and the difference
    #[arg(long, value_name = "WEIGHTS", conflicts_with = "compare_photo")]
    compare: Option<PathBuf>,
    /// Beside it this photo in the same network, and the difference
    #[arg(long, value_name = "PHOTO")]
    compare_photo: Option<PathBuf>,
    /// With --compare: beside each channel stands the one of the second network whose maps correlate
    /// most with its own over faces of these data sets, one to one; else the one of the same number,
    /// which says something of networks of one origin alone
    #[arg(long = "match", value_name = "DATA", requires = "compare", num_args = 1..)]
    matched: Vec<PathBuf>,
    /// Over so many faces, drawn at random
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

pub fn run(args: FeaturesArgs) -> Result<()> {
    let format = args.out.as_ref().map(|o| args.page.check(o)).transpose()?;
    let predictor = args.network.predictor()?;
    let photo = Photo::open(&args.photo)?;
    let place = args.face.place(&args.photo, &photo)?;
    let mut first = look(&predictor, &args.photo, &photo, place, args.layer)?;
    let mut second = second(&args, &predictor, (&photo, place))?;
    if args.compare.is_some() {
        first.name = weights_name(&predictor.checkpoint().origin);
    }
    let matched = match &mut second {
        Some(second) => paired(&args, &predictor, &first, second)?,
        None => None,
    };
    if let Some(folder) = &args.npy {
        let second = second.as_ref().map(|s| &s.maps[..]);
        for path in write_numbers(folder, &first.maps, second)? {
            outln!("{}", path.display());
        }
        if let Some(table) = &matched {
            outln!("{}", write_matches(folder, table)?.display());
        }
    }
    let (Some(out), Some(format)) = (&args.out, format) else {
        return Ok(());
    };
    let mut rows = vec![first.row(second.as_ref().map(|_| first.name.clone()))];
    rows.extend(second.as_ref().map(|s| s.row(Some(s.name.clone()))));
    let figure = FeatureFigure {
        width_mm: args.page.width_mm,
        scale: args.scale_mode,
        colours: args.colours,
        channels: args.channels.clone(),
        pixels: match format {
            Format::Png => Pixels::PerPoint(args.page.dpi() / points(25.4)),
            Format::Svg | Format::Pdf => Pixels::Own,
        },
        difference: difference_words(&first.name, &second.as_ref().unwrap_or(&first).name),
        ..FeatureFigure::new(&args.layer.name(), rows)
    };
    let mut page = figure.page().map_err(anyhow::Error::msg)?;
    let facts = facts(&args, &first, second.as_ref());
    let network = (&*first.origin, &*first.fingerprint);
    facts.note(&mut page, network);
    args.page.write(&mut page, &predictor, out)
}

/// What the figure's file says of what it was made of.
fn facts(args: &FeaturesArgs, first: &View, second: Option<&View>) -> FigureFacts {
    let photo = |view: &View| PhotoFacts {
        photo: view.photo.display().to_string(),
        face_box: view.place.0,
        source: view.place.1,
    };
    let second_photo = second.filter(|_| args.compare_photo.is_some());
    FigureFacts {
        photo: Some(photo(first)),
        data: args.face.data(),
        matched_over: second.map_or(String::new(), |view| view.matched_over.clone()),
        second_photo: second_photo.map(photo),
        second: second.map(|view| SecondFacts {
            network: (view.origin.clone(), view.fingerprint.clone()),
            muted: String::new(),
        }),
        ..FigureFacts::default()
    }
}

/// A network's view of a photo.
struct View {
    /// What it is called where there are two.
    name: String,
    photo: PathBuf,
    /// Where its face is.
    place: (FaceBox, BoxSource),
    input: RgbImage,
    maps: Vec<FeatureMap>,
    /// Where the network comes from, and its hash.
    origin: String,
    fingerprint: String,
    /// Beside which channels of the first its own stand, where they are in another order, and over
    /// which faces that was found.
    matching: Vec<Matching>,
    matched_over: String,
    /// The network, where it is another.
    network: Option<Predictor>,
}

impl View {
    fn row(&self, caption: Option<String>) -> FigureRow<'_> {
        FigureRow {
            caption: caption.unwrap_or_default(),
            matching: self.matching.clone(),
            matched_over: self.matched_over.clone(),
            ..FigureRow::new(&self.input, &self.maps)
        }
    }
}

fn look(
    predictor: &Predictor,
    path: &Path,
    photo: &Photo,
    place: (FaceBox, BoxSource),
    layer: TapLayer,
) -> Result<View> {
    Ok(View {
        name: stem(path),
        photo: path.to_owned(),
        place,
        input: crop_image(&photo.image, &place.0.transform()),
        maps: maps(predictor, &photo.image, &place.0, layer)?,
        origin: predictor.checkpoint().origin.clone(),
        fingerprint: predictor.network().fingerprint(),
        matching: Vec::new(),
        matched_over: String::new(),
        network: None,
    })
}

fn stem(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or_default();
    stem.to_string_lossy().into_owned()
}

/// What the first view is compared with.
fn second(
    args: &FeaturesArgs,
    predictor: &Predictor,
    (photo, place): (&Photo, (FaceBox, BoxSource)),
) -> Result<Option<View>> {
    if let Some(path) = &args.compare_photo {
        let photo = Photo::open(path)?;
        let place = args.face.place_of_other(path, &photo)?;
        return look(predictor, path, &photo, place, args.layer).map(Some);
    }
    let Some(weights) = &args.compare else {
        return Ok(None);
    };
    let device = predictor.device().clone();
    let other = Predictor::new(Checkpoint::load(weights, &device)?, device);
    let mut view = look(&other, &args.photo, photo, place, args.layer)?;
    view.name = weights_name(&other.checkpoint().origin);
    view.network = Some(other);
    Ok(Some(view))
}

/// Puts the maps of a second network beside those of the first that answer alike, where that is
/// wanted, and says in which pairs; else says whether equal numbers mean anything.
fn paired(
    args: &FeaturesArgs,
    own: &Predictor,
    first: &View,
    second: &mut View,
) -> Result<Option<Table>> {
    let Some(other) = &second.network else {
        return Ok(None);
    };
    if args.matched.is_empty() {
        let pairs = first.maps.iter().zip(&second.maps);
        if pairs.into_iter().any(|(a, b)| !a.is_like(b)) {
            log::warn!(
                "{} has {} and {} has {}: there is no difference by number; --match pairs as many \
                 as there are",
                first.name,
                channels_words(&first.maps),
                second.name,
                channels_words(&second.maps)
            );
            return Ok(None);
        }
        let taps = [own, other].map(|p| p.network().taps_at(args.layer));
        let mut both = taps[0].iter().zip(&taps[1]);
        if both.any(|(a, b)| Kinship::between([own, other], [*a, *b]).is_apart()) {
            log::warn!(
                "the networks were trained apart: channel k of one is not channel k of the other; \
                 --match pairs those that answer alike"
            );
        }
        return Ok(None);
    }
    ensure!(args.match_faces > 0, "--match-faces 0 matches nothing");
    let set = dataset::open_all(&args.matched, own.schema())?;
    warn(&set.problems);
    let population = Population {
        data: &set.name,
        ..Population::default()
    };
    let choice = FaceChoice::draw(
        &set.samples,
        population,
        Some(args.match_faces),
        CHOICE_SEED,
    );
    let samples = choice.indices.iter().map(|i| &set.samples[*i as usize]);
    let samples: Vec<&Sample> = samples.collect();
    ensure!(!samples.is_empty(), "{}: no faces", set.name);
    let bar = super::bar(samples.len());
    let matched = match_channels([own, other], args.layer, &samples, |done| {
        bar.set_position(done as u64);
        true
    });
    bar.finish_and_clear();
    let (matched, problems) = matched.map_err(anyhow::Error::msg)?;
    for problem in &problems {
        log::warn!("left out: {problem}");
    }
    let faces = matched.first().map_or(0, |m| m.faces);
    ensure!(faces > 0, "none of the pictures could be read");
    let words = choice.words(faces);
    let both = first.maps.iter().zip(second.maps.iter_mut());
    for ((own, map), matching) in both.zip(&matched) {
        let most = own.channels.max(map.channels);
        let of = match matching.pairs.len() == most {
            true => String::new(),
            false => {
                let counts = [own.channels, map.channels];
                let pairs = counted(matching.pairs.len(), "pair");
                format!(", {pairs} of {} and {} channels", counts[0], counts[1])
            }
        };
        *map = matching.paired(map, own.channels);
        let mean = matching.mean().map_or("–".into(), correlation);
        let tower = title(&matching.tower);
        errln!("{tower}: mean correlation {mean} over {words}{of}");
    }
    let networks = [own.network().fingerprint(), second.fingerprint.clone()];
    let table = matches_table(&matched, &words, &networks);
    (second.matching, second.matched_over) = (matched, words);
    if let Some(file) = &args.matches {
        write_atomic(file, table.csv().as_bytes()).with_context(|| file.display().to_string())?;
        outln!("{}", file.display());
    }
    Ok(Some(table))
}

fn correlation(r: f64) -> String {
    format!("{r:.2}").replace('-', "−")
}

/// "Shared 8, Landmarks 8 channels at Conv1-2".
fn channels_words(maps: &[FeatureMap]) -> String {
    let of = |map: &FeatureMap| format!("{} {}", title(&map.tower), map.channels);
    let all: Vec<String> = maps.iter().map(of).collect();
    let layer = maps
        .first()
        .map_or(String::new(), |m| layer_title(&m.layer));
    format!("{} channels at {layer}", all.join(", "))
}

/// The maps of every tower that has the place.
fn maps(
    predictor: &Predictor,
    photo: &RgbImage,
    face_box: &FaceBox,
    place: TapLayer,
) -> Result<Vec<FeatureMap>> {
    let taps = predictor.network().taps_at(place);
    if taps.is_empty() {
        let known: Vec<String> = predictor
            .network()
            .tap_layers()
            .into_iter()
            .map(TapLayer::name)
            .collect();
        bail!(
            "no tower of this network has {place}; there are {}",
            known.join(", ")
        );
    }
    Ok(predictor.features(photo, face_box, &taps))
}

/// Figure 6 of a face at a layer, as a picture.
pub fn figure(
    predictor: &Predictor,
    photo: &RgbImage,
    face_box: &FaceBox,
    place: TapLayer,
) -> Result<RgbImage> {
    let maps = maps(predictor, photo, face_box, place)?;
    let input = crop_image(photo, &face_box.transform());
    figure6(&input, &place.name(), &maps).context("the figure is too large to draw")
}
