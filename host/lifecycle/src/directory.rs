//! Who there is: districts with their hotline offices (Art. 5) and handling units (Art. 6, 44).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ids::{DistrictCode, UnitCode};

/// A handling unit 承办单位.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unit {
    /// Code, such as `GZ-SCJG`; unique.
    pub code: UnitCode,
    /// Name as clerks know it.
    pub name: String,
    /// Kind of body, for display only, such as `市级部门`.
    #[serde(default)]
    pub kind: Option<String>,
    /// The district that it belongs to; none for the city's own.
    #[serde(default)]
    pub district: Option<DistrictCode>,
    /// A body of the centre or the province, or an enterprise, to which the Rules apply by reference
    /// (Art. 44): its limits are computed, its assessment is separate (R76).
    #[serde(default)]
    pub by_reference: bool,
}

/// A district with its hotline office 区热线工作机构.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct District {
    /// Six-digit code, such as `440106`; unique.
    pub code: DistrictCode,
    /// Name, such as `天河区`.
    pub name: String,
    /// Name of its hotline office.
    pub office: String,
    /// Whether the office reviews the reports of its district's units before the centre does (Art. 5,
    /// R3).
    #[serde(default)]
    pub reviews: bool,
}

/// The organisations that orders can be sent to. Read from the organisations file: lists `districts`
/// and `units`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Lists", into = "Lists")]
pub struct Directory {
    districts: BTreeMap<DistrictCode, District>,
    units: BTreeMap<UnitCode, Unit>,
}

/// What is wrong with a list of organisations.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A code or a name is empty.
    #[error("{list}[{index}]: `{field}` is empty; fill it in")]
    Empty {
        /// `districts` or `units`.
        list: &'static str,
        /// Position in the list, from 0.
        index: usize,
        /// Which field.
        field: &'static str,
    },
    /// A district's code is not six digits.
    #[error(
        "districts[{index}]: `code` is `{code}`; a district code has six digits, such as 440106"
    )]
    NoDistrictCode {
        /// Position in the list, from 0.
        index: usize,
        /// The code.
        code: DistrictCode,
    },
    /// A code stands twice.
    #[error("{list}[{index}]: the code `{code}` is used before; codes are unique")]
    Duplicate {
        /// `districts` or `units`.
        list: &'static str,
        /// Position in the list, from 0.
        index: usize,
        /// The code.
        code: String,
    },
    /// A unit belongs to a district that is not in the list.
    #[error(
        "units[{index}]: `{unit}` belongs to district `{district}`, which is not in `districts`; add \
         the district or correct the code"
    )]
    UnknownDistrict {
        /// Position in the list, from 0.
        index: usize,
        /// The unit.
        unit: UnitCode,
        /// The district.
        district: DistrictCode,
    },
}

impl Directory {
    /// Checks the lists and makes the directory.
    ///
    /// # Errors
    /// The first thing wrong, with its place in the list: an empty code or name, a code used twice, a
    /// district code that is not six digits, a unit of an unknown district.
    pub fn new(
        districts: impl IntoIterator<Item = District>,
        units: impl IntoIterator<Item = Unit>,
    ) -> Result<Self, Error> {
        let mut directory = Self::default();
        for (index, district) in districts.into_iter().enumerate() {
            directory.add_district(index, district)?;
        }
        for (index, unit) in units.into_iter().enumerate() {
            directory.add_unit(index, unit)?;
        }
        Ok(directory)
    }

    /// The unit of that code.
    #[must_use]
    pub fn unit(&self, code: &UnitCode) -> Option<&Unit> {
        self.units.get(code)
    }

    /// The district of that code.
    #[must_use]
    pub fn district(&self, code: &DistrictCode) -> Option<&District> {
        self.districts.get(code)
    }

    /// All units, by code.
    pub fn units(&self) -> impl Iterator<Item = &Unit> {
        self.units.values()
    }

    /// All districts, by code.
    pub fn districts(&self) -> impl Iterator<Item = &District> {
        self.districts.values()
    }

    fn add_district(&mut self, index: usize, district: District) -> Result<(), Error> {
        let list = "districts";
        for (field, text) in [("name", &district.name), ("office", &district.office)] {
            if text.trim().is_empty() {
                return Err(Error::Empty { list, index, field });
            }
        }
        let code = district.code.as_str();
        if code.len() != 6 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Error::NoDistrictCode {
                index,
                code: district.code,
            });
        }
        if self.districts.contains_key(&district.code) {
            return Err(Error::Duplicate {
                list,
                index,
                code: code.to_owned(),
            });
        }
        self.districts.insert(district.code.clone(), district);
        Ok(())
    }

    fn add_unit(&mut self, index: usize, unit: Unit) -> Result<(), Error> {
        let list = "units";
        for (field, text) in [("code", unit.code.as_str()), ("name", unit.name.as_str())] {
            if text.trim().is_empty() {
                return Err(Error::Empty { list, index, field });
            }
        }
        if let Some(district) = &unit.district
            && !self.districts.contains_key(district)
        {
            let district = district.clone();
            return Err(Error::UnknownDistrict {
                index,
                unit: unit.code,
                district,
            });
        }
        if self.units.contains_key(&unit.code) {
            return Err(Error::Duplicate {
                list,
                index,
                code: unit.code.to_string(),
            });
        }
        self.units.insert(unit.code.clone(), unit);
        Ok(())
    }
}

/// The form of the organisations file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Lists {
    #[serde(default)]
    districts: Vec<District>,
    #[serde(default)]
    units: Vec<Unit>,
}

impl TryFrom<Lists> for Directory {
    type Error = Error;

    fn try_from(lists: Lists) -> Result<Self, Error> {
        Self::new(lists.districts, lists.units)
    }
}

impl From<Directory> for Lists {
    fn from(directory: Directory) -> Self {
        Self {
            districts: directory.districts.into_values().collect(),
            units: directory.units.into_values().collect(),
        }
    }
}
