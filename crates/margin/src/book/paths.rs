//! One source for every width of vector: the kernels compiled for the baseline of the target, for AVX2 and for AVX-512.
//!
//! The answers are the same to the last bit, because it is the same integer arithmetic; only the compiler's choice of
//! instructions differs. This is the one file of the crate with `unsafe`: a function that was compiled for more than the
//! baseline must run on a machine that has it, which a [`Path`] vouches for.

use alloc::vec::Vec;

use crate::{
    addon::{CHARGED_BITS, CHARGES, ChargeTable, DIP_PLACES, LEAST_BITS, PIECE_BITS},
    linear::{CARRY, CUT, Exposures, LANES, Lanes, Normal, OCT, PLACES, Scalar},
};

#[cfg(target_arch = "x86_64")]
cpufeatures::new!(has_avx2, "avx2", "bmi1", "bmi2");
#[cfg(target_arch = "x86_64")]
cpufeatures::new!(has_avx512, "avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl");

/// A part of a kernel that is compiled for each width by itself: registers are few.
pub(crate) trait Phase {
    /// What comes of it.
    type Out;
    /// Does it.
    fn run<L: Lanes>(self) -> Self::Out;
}

/// Instructions that the kernels may use. Only a machine that has them gives one: see [`Path::all`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Path(Width);

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Width {
    #[default]
    Scalar,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

impl Path {
    /// Whatever the target has at least; exists everywhere.
    pub const SCALAR: Self = Self(Width::Scalar);

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self.0 {
            Width::Scalar => "scalar",
            #[cfg(target_arch = "x86_64")]
            Width::Avx2 => "AVX2",
            #[cfg(target_arch = "x86_64")]
            Width::Avx512 => "AVX-512",
        }
    }

    /// All paths that this machine has, the widest last.
    #[must_use]
    pub fn all() -> Vec<Self> {
        #[cfg(target_arch = "x86_64")]
        {
            let narrow = (has_avx2::get() && has_lzcnt()).then_some(Self(Width::Avx2));
            let wide = narrow.filter(|_| has_avx512::get()).map(|_| Self(Width::Avx512));
            [Some(Self::SCALAR), narrow, wide].into_iter().flatten().collect()
        }
        #[cfg(not(target_arch = "x86_64"))]
        Vec::from([Self::SCALAR])
    }

    /// The widest path that this machine has.
    #[must_use]
    pub fn widest() -> Self {
        Self::all().last().copied().unwrap_or_default()
    }
}

/// Does the machine count leading zeros by one instruction? All that have AVX2 do; this asks.
#[cfg(target_arch = "x86_64")]
fn has_lzcnt() -> bool {
    use core::arch::x86_64::__cpuid;
    /// The leaf of extended features.
    const EXTENDED: u32 = 0x8000_0001;
    /// The bit of this one.
    const LZCNT: u32 = 1 << 5;
    __cpuid(0x8000_0000).eax >= EXTENDED && __cpuid(EXTENDED).ecx & LZCNT != 0
}

/// Runs a phase by the instructions of a path.
#[inline(always)]
pub(crate) fn run<P: Phase>(path: Path, phase: P) -> P::Out {
    match path.0 {
        Width::Scalar => phase.run::<Scalar>(),
        #[cfg(target_arch = "x86_64")]
        #[allow(unsafe_code, reason = "the path vouches for the machine")]
        // SAFETY: `Path::all` gives a path of this width only on a machine that has these instructions.
        Width::Avx2 => unsafe { avx2(phase) },
        #[cfg(target_arch = "x86_64")]
        #[allow(unsafe_code, reason = "the path vouches for the machine")]
        // SAFETY: as above.
        Width::Avx512 => unsafe { avx512(phase) },
    }
}

/// Asks the memory for what is read soon.
#[inline(always)]
pub(super) fn fetch<T>(soon: &[T]) {
    #[cfg(target_arch = "x86_64")]
    {
        use core::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        /// Bytes that come together.
        const LINE: usize = 64;
        for place in (0..core::mem::size_of_val(soon)).step_by(LINE) {
            let line = soon.as_ptr().wrapping_byte_add(place).cast();
            #[allow(unsafe_code, reason = "nothing is read")]
            // SAFETY: every machine of this kind has the instruction, and it may name any address.
            unsafe {
                _mm_prefetch::<_MM_HINT_T0>(line);
            }
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt")]
fn avx2<P: Phase>(phase: P) -> P::Out {
    phase.run::<Avx2>()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,avx512f,avx512bw,avx512cd,avx512dq,avx512vl")]
fn avx512<P: Phase>(phase: P) -> P::Out {
    phase.run::<Avx2>()
}

/// Four lanes of 64 bits, or eight of 32, in one register.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy, Debug)]
struct Avx2;

#[cfg(target_arch = "x86_64")]
#[allow(
    unsafe_code,
    clippy::as_conversions,
    reason = "called from the functions above alone, where the instructions exist"
)]
impl Lanes for Avx2 {
    type Quad = core::arch::x86_64::__m256i;
    type Oct = core::arch::x86_64::__m256i;

    #[inline(always)]
    fn zero() -> Self::Quad {
        // SAFETY: see above.
        unsafe { core::arch::x86_64::_mm256_setzero_si256() }
    }

    #[inline(always)]
    fn add_signed(sum: Self::Quad, number: i32, row: &[u64; LANES]) -> Self::Quad {
        use core::arch::x86_64::*;
        // SAFETY: see above.
        unsafe { _mm256_add_epi64(sum, _mm256_mul_epi32(load(row), _mm256_set1_epi32(number))) }
    }

    #[inline(always)]
    fn product(number: i32, row: &[u64; LANES]) -> Self::Quad {
        use core::arch::x86_64::*;
        // SAFETY: see above.
        unsafe { _mm256_mul_epu32(load(row), _mm256_set1_epi32(number)) }
    }

    #[inline(always)]
    fn size_product(number: i32, row: &[u64; LANES]) -> Self::Quad {
        use core::arch::x86_64::*;
        // SAFETY: see above.
        unsafe { _mm256_mul_epu32(load(row), _mm256_abs_epi32(_mm256_set1_epi32(number))) }
    }

    #[inline(always)]
    fn negative(number: Self::Quad) -> Self::Quad {
        use core::arch::x86_64::*;
        // SAFETY: see above.
        unsafe { _mm256_sub_epi64(_mm256_setzero_si256(), number) }
    }

    #[inline(always)]
    fn larger(a: Self::Quad, b: Self::Quad) -> Self::Quad {
        use core::arch::x86_64::*;
        // SAFETY: see above.
        unsafe { _mm256_blendv_epi8(b, a, _mm256_cmpgt_epi64(a, b)) }
    }

    #[inline(always)]
    fn add_cut_square(sum: Self::Quad, number: Self::Quad) -> Self::Quad {
        use core::arch::x86_64::*;
        // SAFETY: see above.
        unsafe {
            let up = _mm256_add_epi64(number, _mm256_set1_epi64x(CARRY as i64));
            let cut = _mm256_srli_epi64::<{ CUT as i32 }>(up); // 32 bits
            _mm256_add_epi64(sum, _mm256_mul_epu32(cut, cut))
        }
    }

    #[inline(always)]
    fn lanes(quad: Self::Quad) -> [u64; LANES] {
        let mut lanes = [0; LANES];
        // SAFETY: see above; the lanes have 32 bytes.
        unsafe { core::arch::x86_64::_mm256_storeu_si256(lanes.as_mut_ptr().cast(), quad) };
        lanes
    }

    #[inline(always)]
    fn quad(lanes: &[u64; LANES]) -> Self::Quad {
        load(lanes)
    }

    #[inline(always)]
    fn sum(a: Self::Quad, b: Self::Quad) -> Self::Quad {
        // SAFETY: see above.
        unsafe { core::arch::x86_64::_mm256_add_epi64(a, b) }
    }

    #[inline(always)]
    fn oct(lanes: &[i32; OCT]) -> Self::Oct {
        // SAFETY: see above; eight numbers have 32 bytes.
        unsafe { core::arch::x86_64::_mm256_loadu_si256(lanes.as_ptr().cast()) }
    }

    #[inline(always)]
    fn octet(oct: Self::Oct) -> [i32; OCT] {
        let mut lanes = [0; OCT];
        // SAFETY: see above; eight numbers have 32 bytes.
        unsafe { core::arch::x86_64::_mm256_storeu_si256(lanes.as_mut_ptr().cast(), oct) };
        lanes
    }

    #[inline(always)]
    fn every(number: i32) -> Self::Oct {
        // SAFETY: see above.
        unsafe { core::arch::x86_64::_mm256_set1_epi32(number) }
    }

    #[inline(always)]
    fn plus(a: Self::Oct, b: Self::Oct) -> Self::Oct {
        // SAFETY: see above.
        unsafe { core::arch::x86_64::_mm256_add_epi32(a, b) }
    }

    #[inline(always)]
    fn minus(a: Self::Oct, b: Self::Oct) -> Self::Oct {
        // SAFETY: see above.
        unsafe { core::arch::x86_64::_mm256_sub_epi32(a, b) }
    }

    #[inline(always)]
    fn greater(a: Self::Oct, b: Self::Oct) -> Self::Oct {
        // SAFETY: see above.
        unsafe { core::arch::x86_64::_mm256_max_epi32(a, b) }
    }

    #[inline(always)]
    fn lesser(a: Self::Oct, b: Self::Oct) -> Self::Oct {
        // SAFETY: see above.
        unsafe { core::arch::x86_64::_mm256_min_epi32(a, b) }
    }

    #[inline(always)]
    fn kept(a: Self::Oct, mask: Self::Oct) -> Self::Oct {
        use core::arch::x86_64::*;
        // SAFETY: see above.
        unsafe { _mm256_and_si256(a, _mm256_cmpgt_epi32(mask, _mm256_setzero_si256())) }
    }

    #[inline(always)]
    fn cut(a: Self::Oct, cut: u32) -> Self::Oct {
        use core::arch::x86_64::*;
        // SAFETY: see above.
        unsafe { _mm256_sra_epi32(a, _mm_cvtsi32_si128((cut & 31) as i32)) }
    }

    #[inline(always)]
    fn raised(a: Self::Oct, up: u32) -> Self::Oct {
        use core::arch::x86_64::*;
        // SAFETY: see above.
        unsafe { _mm256_sll_epi32(a, _mm_cvtsi32_si128((up & 31) as i32)) }
    }

    #[inline(always)]
    fn square(a: Self::Oct) -> Self::Oct {
        // SAFETY: see above.
        unsafe { core::arch::x86_64::_mm256_mullo_epi32(a, a) }
    }

    #[inline(always)]
    fn above(a: Self::Oct, b: Self::Oct) -> u32 {
        use core::arch::x86_64::*;
        // SAFETY: see above.
        unsafe { _mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpgt_epi32(a, b))) as u32 }
    }

    #[inline(always)]
    fn top(oct: Self::Oct) -> i32 {
        use core::arch::x86_64::*;
        // SAFETY: see above.
        unsafe {
            let four = _mm_max_epi32(_mm256_castsi256_si128(oct), _mm256_extracti128_si256::<1>(oct));
            let two = _mm_max_epi32(four, _mm_shuffle_epi32::<0b01_00_11_10>(four));
            _mm_cvtsi128_si32(_mm_max_epi32(two, _mm_shuffle_epi32::<0b10_11_00_01>(two)))
        }
    }

    #[inline(always)]
    fn products(a: Self::Oct, b: &[i32; OCT]) -> [Self::Quad; 2] {
        use core::arch::x86_64::*;
        let b = Self::oct(b);
        // SAFETY: see above.
        unsafe {
            // Not a shift: from one of those the compiler makes products of 64 bits.
            let odd = [a, b].map(|oct| _mm256_shuffle_epi32::<0b11_11_01_01>(oct));
            [_mm256_mul_epi32(a, b), _mm256_mul_epi32(odd[0], odd[1])]
        }
    }

    #[inline(always)]
    fn row_products(a: Self::Oct, b: &[i32; OCT + 1]) -> [Self::Quad; 2] {
        use core::arch::x86_64::*;
        // SAFETY: see above; nine numbers have 32 bytes from the first and from the second on.
        unsafe {
            let [even, odd] = [b.as_ptr(), b.as_ptr().add(1)].map(|from| _mm256_loadu_si256(from.cast()));
            [_mm256_mul_epi32(a, even), _mm256_mul_epi32(a, odd)]
        }
    }

    #[inline(always)]
    fn upper([even, odd]: [Self::Quad; 2]) -> Self::Oct {
        use core::arch::x86_64::*;
        // SAFETY: see above.
        unsafe { _mm256_blend_epi32::<0b1010_1010>(_mm256_srli_epi64::<32>(even), odd) }
    }

    #[inline(always)]
    fn joined([even, odd]: [Self::Quad; 2]) -> Self::Oct {
        use core::arch::x86_64::*;
        // SAFETY: see above.
        unsafe {
            // Bits 30 to 61 of each.
            let (even, odd) = (_mm256_srli_epi64::<30>(even), _mm256_slli_epi64::<2>(odd));
            _mm256_blend_epi32::<0b1010_1010>(even, odd)
        }
    }

    #[inline(always)]
    fn charges(net: &[i64; LANES], factors: &[u16; LANES], charges: ChargeTable<'_>) -> Option<Self::Quad> {
        use core::arch::x86_64::*;
        /// The exponent of where the second arc begins, less one: the first arc has number zero.
        const BEFORE: i64 = ((0x03FF + LEAST_BITS) << PIECE_BITS) as i64 - 1;
        /// The arcs of a factor, and the power of two that one of them takes, in bytes.
        const BYTES: i64 = (CHARGES << ARC) as i64;
        const ARC: i32 = core::mem::size_of::<[u64; LANES]>().ilog2() as i32;
        // SAFETY: see above; four numbers and an arc have 32 bytes, four factors 8. Of exposures below 2^52 the number of the
        // arc is below `CHARGES`, and there are as many arcs for each of the factors: what is not below has been left.
        unsafe {
            let size = size_of(_mm256_loadu_si256(net.as_ptr().cast()));
            let factors = _mm256_cvtepu16_epi64(_mm_loadl_epi64(factors.as_ptr().cast()));
            let last = _mm256_set1_epi64x(i64::from(charges.factors()).wrapping_sub(1));
            let is_out = _mm256_or_si256(
                _mm256_srli_epi64::<{ CHARGED_BITS as i32 }>(size),
                _mm256_cmpgt_epi64(factors, last),
            );
            if _mm256_testz_si256(is_out, is_out) == 0 {
                return None;
            }
            // Below 2^52 it is the mantissa of a number whose last place is one; less that one, the unit finds its first bit, and
            // nothing is rounded. Behind the exponent are five more bits: the number of an arc, from a constant on.
            let one = _mm256_set1_epi64x(0x0433 << 52);
            let float = _mm256_castsi256_pd(_mm256_or_si256(size, one));
            let float = _mm256_castpd_si256(_mm256_sub_pd(float, _mm256_castsi256_pd(one)));
            let arc = _mm256_srli_epi64::<{ 52 - PIECE_BITS as i32 }>(float);
            let arc = _mm256_subs_epu16(arc, _mm256_set1_epi64x(BEFORE)); // of 16 bits
            let first = _mm256_mul_epu32(factors, _mm256_set1_epi64x(BYTES));
            let place = _mm256_add_epi64(first, _mm256_slli_epi64::<ARC>(arc));
            let (near, far) = (_mm256_castsi256_si128(place), _mm256_extracti128_si256::<1>(place));
            let places = [
                _mm_cvtsi128_si64(near),
                _mm_extract_epi64::<1>(near),
                _mm_cvtsi128_si64(far),
                _mm_extract_epi64::<1>(far),
            ];
            let arcs = charges.arcs().as_ptr();
            let arcs = places.map(|place| _mm256_loadu_si256(arcs.byte_offset(place as isize).cast()));
            let [steep, up, dip] = columns(arcs);
            // Products of halves: 2^20 x 2^31, the middle ones below 2^64 together.
            let (size_high, steep_high) = (_mm256_srli_epi64::<32>(size), _mm256_srli_epi64::<32>(steep));
            let low = _mm256_srli_epi64::<32>(_mm256_mul_epu32(size, steep));
            let crossed = _mm256_add_epi64(_mm256_mul_epu32(size_high, steep), low);
            let middle = _mm256_add_epi64(_mm256_mul_epu32(size, steep_high), crossed);
            let high = _mm256_slli_epi64::<1>(_mm256_mul_epu32(size_high, steep_high));
            let along = _mm256_add_epi64(_mm256_srli_epi64::<31>(middle), high);
            // The 32 bits behind the number of the arc are the part of it that is below the exposure.
            let below = _mm256_srli_epi64::<{ 20 - PIECE_BITS as i32 }>(float);
            let above = _mm256_xor_si256(below, _mm256_set1_epi64x(-1));
            let bulge = _mm256_srli_epi64::<32>(_mm256_mul_epu32(below, above));
            let dip = _mm256_srli_epi64::<{ DIP_PLACES as i32 }>(_mm256_mul_epu32(bulge, dip));
            let charge = _mm256_sub_epi64(_mm256_add_epi64(along, up), dip);
            let is_nothing = _mm256_cmpeq_epi64(size, _mm256_setzero_si256());
            Some(_mm256_andnot_si256(is_nothing, charge))
        }
    }

    #[inline(always)]
    fn gross(Exposures(exposures): &Exposures, quads: usize) -> u64 {
        use core::arch::x86_64::*;
        // SAFETY: see above; four numbers have 32 bytes.
        let gross = unsafe {
            let mut gross = _mm256_setzero_si256();
            for quad in exposures.chunks_exact(LANES).take(quads) {
                gross = _mm256_add_epi64(gross, size_of(_mm256_loadu_si256(quad.as_ptr().cast())));
            }
            gross
        };
        let [a, b, c, d] = Self::lanes(gross);
        a.wrapping_add(b).wrapping_add(c.wrapping_add(d))
    }

    #[inline(always)]
    fn normalise(Exposures(exposures): &Exposures, quads: usize, lot: u32, normal: &mut Normal) {
        use core::arch::x86_64::*;
        let lots = normal.high.chunks_exact_mut(LANES).zip(normal.low.chunks_exact_mut(LANES));
        let lots = lots.zip(normal.size.chunks_exact_mut(LANES));
        for (net, ((high, low), size)) in exposures.chunks_exact(LANES).zip(lots).take(quads) {
            // SAFETY: see above; each of the four has 32 bytes.
            unsafe {
                let net = _mm256_loadu_si256(net.as_ptr().cast());
                let sign = _mm256_cmpgt_epi64(_mm256_setzero_si256(), net);
                let is_nothing = _mm256_cmpeq_epi64(_mm256_setzero_si256(), net);
                let up = _mm256_add_epi64(_mm256_set1_epi64x(1), is_nothing);
                // A lot is 2^34 at the most: the lower halves are those of a signed shift.
                let floor = _mm256_srl_epi64(net, _mm_cvtsi32_si128(lot as i32));
                let above = _mm256_add_epi64(_mm256_xor_si256(floor, sign), up);
                _mm256_storeu_si256(high.as_mut_ptr().cast(), _mm256_add_epi64(floor, up));
                _mm256_storeu_si256(low.as_mut_ptr().cast(), floor);
                _mm256_storeu_si256(size.as_mut_ptr().cast(), above);
            }
        }
    }

    #[inline(always)]
    fn rows(Exposures(exposures): &Exposures, factors: &[[u16; LANES]], rows: &mut [u64; PLACES]) {
        use core::arch::x86_64::*;
        for ((net, factors), rows) in
            exposures.as_chunks::<LANES>().0.iter().zip(factors).zip(rows.as_chunks_mut::<LANES>().0)
        {
            // SAFETY: see above; four factors have 8 bytes, each of the others 32.
            unsafe {
                let is_short =
                    _mm256_cmpgt_epi64(_mm256_setzero_si256(), _mm256_loadu_si256(net.as_ptr().cast()));
                let factors = _mm256_cvtepu16_epi64(_mm_loadl_epi64(factors.as_ptr().cast()));
                let row = _mm256_sub_epi64(_mm256_add_epi64(factors, factors), is_short);
                _mm256_storeu_si256(rows.as_mut_ptr().cast(), row);
            }
        }
    }
}

/// Sizes of signed numbers.
#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code, reason = "called from the functions above alone, where the instructions exist")]
#[inline(always)]
fn size_of(net: core::arch::x86_64::__m256i) -> core::arch::x86_64::__m256i {
    use core::arch::x86_64::*;
    // SAFETY: see above.
    unsafe {
        let sign = _mm256_cmpgt_epi64(_mm256_setzero_si256(), net);
        _mm256_sub_epi64(_mm256_xor_si256(net, sign), sign)
    }
}

/// The first three columns of four rows.
#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code, reason = "called from the functions above alone, where the instructions exist")]
#[inline(always)]
fn columns([a, b, c, d]: [core::arch::x86_64::__m256i; 4]) -> [core::arch::x86_64::__m256i; 3] {
    use core::arch::x86_64::*;
    // SAFETY: see above.
    unsafe {
        let (ab, cd) = (_mm256_unpacklo_epi64(a, b), _mm256_unpacklo_epi64(c, d)); // the first and third column
        let (ab_next, cd_next) = (_mm256_unpackhi_epi64(a, b), _mm256_unpackhi_epi64(c, d));
        [
            _mm256_permute2x128_si256::<0x20>(ab, cd),
            _mm256_permute2x128_si256::<0x20>(ab_next, cd_next),
            _mm256_permute2x128_si256::<0x31>(ab, cd),
        ]
    }
}

/// The lanes of a row in a register.
#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code, reason = "called from the functions above alone, where the instructions exist")]
#[inline(always)]
fn load(row: &[u64; LANES]) -> core::arch::x86_64::__m256i {
    // SAFETY: see above; a row has 32 bytes.
    unsafe { core::arch::x86_64::_mm256_loadu_si256(row.as_ptr().cast()) }
}
