//! Which of CelebA's attributes a portrait has, with the correlations that people have.
//!
//! What belongs to a person (sex, age, skin, the form of the face) is thrown with the person's
//! random numbers, what changes from picture to picture (expression, clothes, make-up) with the picture's.

use super::math::Random;

macro_rules! traits {
    ($($field:ident = $name:literal,)*) => {
        /// The attributes that are drawn: all of CelebA's but Attractive, which no drawing decides.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub(super) struct Traits { $(pub $field: bool,)* }

        impl Traits {
            /// Whether the portrait has the attribute of that name; `None` for one that is unknown.
            pub fn get(&self, name: &str) -> Option<bool> {
                match name { $($name => Some(self.$field),)* _ => None }
            }

            #[cfg(test)]
            pub fn get_mut(&mut self, name: &str) -> Option<&mut bool> {
                match name { $($name => Some(&mut self.$field),)* _ => None }
            }
        }
    };
}

traits! {
    stubble = "5_o_Clock_Shadow",
    arched_brows = "Arched_Eyebrows",
    eye_bags = "Bags_Under_Eyes",
    bald = "Bald",
    bangs = "Bangs",
    big_lips = "Big_Lips",
    big_nose = "Big_Nose",
    black_hair = "Black_Hair",
    blond_hair = "Blond_Hair",
    blurry = "Blurry",
    brown_hair = "Brown_Hair",
    bushy_brows = "Bushy_Eyebrows",
    chubby = "Chubby",
    double_chin = "Double_Chin",
    glasses = "Eyeglasses",
    goatee = "Goatee",
    gray_hair = "Gray_Hair",
    makeup = "Heavy_Makeup",
    cheekbones = "High_Cheekbones",
    male = "Male",
    mouth_open = "Mouth_Slightly_Open",
    mustache = "Mustache",
    narrow_eyes = "Narrow_Eyes",
    no_beard = "No_Beard",
    oval = "Oval_Face",
    pale = "Pale_Skin",
    pointy_nose = "Pointy_Nose",
    receding = "Receding_Hairline",
    rosy = "Rosy_Cheeks",
    sideburns = "Sideburns",
    smiling = "Smiling",
    straight_hair = "Straight_Hair",
    wavy_hair = "Wavy_Hair",
    earrings = "Wearing_Earrings",
    hat = "Wearing_Hat",
    lipstick = "Wearing_Lipstick",
    necklace = "Wearing_Necklace",
    necktie = "Wearing_Necktie",
    young = "Young",
}

impl Traits {
    pub fn draw(person: Random, picture: Random) -> Self {
        let mut t = Self::default();
        t.of_person(person);
        t.of_hair(person, picture);
        if t.male {
            t.of_beard(picture);
        }
        t.of_picture(picture);
        t.no_beard = !(t.stubble || t.goatee || t.mustache);
        t
    }

    fn of_person(&mut self, dice: Random) {
        let p = |name, probability| dice.chance(name, probability);
        self.male = p("male", 0.46);
        self.young = p("young", 0.7);
        let (male, young) = (self.male, self.young);
        self.eye_bags = p("eye bags", if young { 0.14 } else { 0.5 });
        self.big_lips = p("big lips", if male { 0.2 } else { 0.34 });
        self.big_nose = p("big nose", if male { 0.36 } else { 0.16 });
        self.pointy_nose = !self.big_nose && p("pointy nose", 0.36);
        self.bushy_brows = p("bushy brows", if male { 0.36 } else { 0.08 });
        self.chubby = p("chubby", if young { 0.13 } else { 0.24 });
        self.double_chin = p("double chin", if self.chubby { 0.5 } else { 0.05 });
        self.cheekbones = !self.chubby && p("cheekbones", 0.4);
        self.narrow_eyes = p("narrow eyes", 0.2);
        self.oval = !self.chubby && p("oval", 0.36);
        self.pale = p("pale", 0.12);
    }

    fn of_hair(&mut self, person: Random, picture: Random) {
        let (male, young) = (self.male, self.young);
        self.bald = male && person.chance("bald", if young { 0.13 } else { 0.3 });
        if self.bald {
            return;
        }
        // What a hat would hide is not there beneath it.
        self.hat = picture.chance("hat", if male { 0.17 } else { 0.1 });
        let gray = person.chance("gray", if young { 0.0 } else { 0.55 });
        let hue = person.at("hair");
        // Fair hair goes with fair skin.
        let dark_skin = !self.pale && melanin(person) > 0.62;
        let (black, brown) = if dark_skin { (0.8, 1.0) } else { (0.3, 0.64) };
        self.gray_hair = gray;
        self.black_hair = !gray && hue < black;
        self.brown_hair = !gray && hue >= black && hue < brown;
        self.blond_hair = !gray && hue >= brown;
        let recedes = match (male, young) {
            (true, false) => 0.5,
            (true, true) => 0.12,
            (false, _) => 0.02,
        };
        self.receding = !self.hat && person.chance("receding", recedes);
        self.wavy_hair = person.chance("wavy", if male { 0.32 } else { 0.46 });
        self.straight_hair = !self.wavy_hair && person.chance("straight", 0.6);
        if male && self.hat {
            (self.wavy_hair, self.straight_hair) = (false, false);
        }
        let fringe = if male { 0.2 } else { 0.32 };
        self.bangs = !self.receding && !self.hat && picture.chance("bangs", fringe);
    }

    /// Kinds of beard: most have none.
    fn of_beard(&mut self, dice: Random) {
        let kind = dice.at("beard");
        let full = kind < 0.13;
        self.goatee = full || (0.13..0.25).contains(&kind);
        self.mustache = full || (0.19..0.34).contains(&kind);
        self.stubble = (0.34..0.56).contains(&kind);
        self.sideburns = full || (!self.bald && dice.chance("sideburns", 0.14));
    }

    fn of_picture(&mut self, dice: Random) {
        let p = |name, probability| dice.chance(name, probability);
        let male = self.male;
        let by_sex = |him: f32, her: f32| if male { him } else { her };
        self.arched_brows = p("arched", by_sex(0.06, 0.5));
        self.smiling = p("smiling", 0.48);
        self.mouth_open = p("open", if self.smiling { 0.62 } else { 0.26 });
        self.makeup = p("makeup", by_sex(0.0, 0.45));
        self.lipstick = p(
            "lipstick",
            by_sex(0.0, if self.makeup { 0.92 } else { 0.25 }),
        );
        self.rosy = p("rosy", by_sex(0.06, if self.makeup { 0.34 } else { 0.14 }));
        self.glasses = p("glasses", if self.young { 0.15 } else { 0.3 });
        self.earrings = p("earrings", by_sex(0.05, 0.38));
        self.necktie = p("necktie", by_sex(0.28, 0.01));
        self.necklace = !self.necktie && p("necklace", by_sex(0.03, 0.34));
        self.blurry = p("blurry", 0.06);
    }
}

/// How dark the skin is, 0 to 1.
pub(super) fn melanin(person: Random) -> f32 {
    person.at("melanin")
}
