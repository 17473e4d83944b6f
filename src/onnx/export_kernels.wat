;; What an export spends its time on: the product of a LoRA adapter, and the search for 4-bit levels.
(module
  (memory (export "memory") 1)

  (global $error (mut f32) (f32.const 0))
  (global $scale (mut f32) (f32.const 0))
  (global $zero (mut f32) (f32.const 0))

  ;; out = b · A for one row of B: 16 columns at a time, whose sums stay in registers.
  (func (export "rowOfProduct")
    (param $b i32)        ;; address of `rank` float32
    (param $rank i32)     ;; at least 1
    (param $a i32)        ;; address of A [rank, 16 · groups] float32
    (param $groups i32)   ;; of 16 columns, at least 1
    (param $out i32)      ;; address of the sums
    (local $rowBytes i32) (local $left i32) (local $from i32) (local $at i32)
    (local $factor v128)
    (local $s0 v128) (local $s1 v128) (local $s2 v128) (local $s3 v128)
    (local.set $rowBytes (i32.shl (local.get $groups) (i32.const 6)))
    (loop $columns
      (local.set $s0 (v128.const f32x4 0 0 0 0))
      (local.set $s1 (v128.const f32x4 0 0 0 0))
      (local.set $s2 (v128.const f32x4 0 0 0 0))
      (local.set $s3 (v128.const f32x4 0 0 0 0))
      (local.set $left (local.get $rank))
      (local.set $from (local.get $a))
      (local.set $at (local.get $b))
      (loop $ranks
        (local.set $factor (v128.load32_splat (local.get $at)))
        (local.set $s0 (f32x4.add (local.get $s0)
          (f32x4.mul (local.get $factor) (v128.load (local.get $from)))))
        (local.set $s1 (f32x4.add (local.get $s1)
          (f32x4.mul (local.get $factor) (v128.load offset=16 (local.get $from)))))
        (local.set $s2 (f32x4.add (local.get $s2)
          (f32x4.mul (local.get $factor) (v128.load offset=32 (local.get $from)))))
        (local.set $s3 (f32x4.add (local.get $s3)
          (f32x4.mul (local.get $factor) (v128.load offset=48 (local.get $from)))))
        (local.set $at (i32.add (local.get $at) (i32.const 4)))
        (local.set $from (i32.add (local.get $from) (local.get $rowBytes)))
        (br_if $ranks (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
      (v128.store (local.get $out) (local.get $s0))
      (v128.store offset=16 (local.get $out) (local.get $s1))
      (v128.store offset=32 (local.get $out) (local.get $s2))
      (v128.store offset=48 (local.get $out) (local.get $s3))
      (local.set $out (i32.add (local.get $out) (i32.const 64)))
      (local.set $a (i32.add (local.get $a) (i32.const 64)))
      (br_if $columns (local.tee $groups (i32.sub (local.get $groups) (i32.const 1))))))

  ;; A scale as it is stored: as it is, or rounded to IEEE 754 binary16.
  (func $stored (param $x f32) (param $isHalf i32) (result f32)
    (local $size f32) (local $split f32)
    (if (i32.eqz (local.get $isHalf)) (then (return (local.get $x))))
    (local.set $size (f32.abs (local.get $x)))
    (if (f32.ge (local.get $size) (f32.const 65520))
      (then (return (f32.copysign (f32.const inf) (local.get $x)))))
    (if (f32.lt (local.get $size) (f32.const 0x1p-14))
      (then
        ;; Below the normal numbers: multiples of 2^-24, which is what float32 has near 0.5.
        (return (f32.copysign
          (f32.sub (f32.add (local.get $size) (f32.const 0.5)) (f32.const 0.5))
          (local.get $x)))))
    ;; Veltkamp's splitting keeps 24 - 13 = 11 bits.
    (local.set $split (f32.mul (local.get $x) (f32.const 8193)))
    (f32.sub (local.get $split) (f32.sub (local.get $split) (local.get $x))))

  ;; Four levels 0-15 of four values.
  (func $levels (param $w i32) (param $inverse v128) (param $offset v128) (result v128)
    (i32x4.min_s
      (i32x4.max_s
        (i32x4.trunc_sat_f32x4_s
          (f32x4.add
            (f32x4.mul (v128.load (local.get $w)) (local.get $inverse))
            (local.get $offset)))
        (v128.const i32x4 0 0 0 0))
      (v128.const i32x4 15 15 15 15)))

  (func $sum (param $v v128) (result f32)
    (f32.add
      (f32.add (f32x4.extract_lane 0 (local.get $v)) (f32x4.extract_lane 1 (local.get $v)))
      (f32.add (f32x4.extract_lane 2 (local.get $v)) (f32x4.extract_lane 3 (local.get $v)))))

  ;; Squared error of a block of 32 with this scale (not 0) and zero point.
  (func $errorOf (param $w i32) (param $scale f32) (param $zero f32) (result f32)
    (local $end i32) (local $inverse v128) (local $offset v128) (local $zeros v128)
    (local $scales v128) (local $missed v128) (local $sum v128)
    (local.set $inverse (f32x4.splat (f32.div (f32.const 1) (local.get $scale))))
    (local.set $offset (f32x4.splat (f32.add (local.get $zero) (f32.const 0.5))))
    (local.set $zeros (f32x4.splat (local.get $zero)))
    (local.set $scales (f32x4.splat (local.get $scale)))
    (local.set $end (i32.add (local.get $w) (i32.const 128)))
    (loop $values
      (local.set $missed
        (f32x4.sub
          (v128.load (local.get $w))
          (f32x4.mul
            (local.get $scales)
            (f32x4.sub
              (f32x4.convert_i32x4_s
                (call $levels (local.get $w) (local.get $inverse) (local.get $offset)))
              (local.get $zeros)))))
      (local.set $sum
        (f32x4.add (local.get $sum) (f32x4.mul (local.get $missed) (local.get $missed))))
      (br_if $values
        (i32.lt_u (local.tee $w (i32.add (local.get $w) (i32.const 16))) (local.get $end))))
    (call $sum (local.get $sum)))

  ;; Keeps this scale and zero point if they are better than what was tried before.
  (func $try (param $w i32) (param $scale f32) (param $zero f32)
    (local $error f32)
    (if (f32.eq (local.get $scale) (f32.const 0)) (then (return)))
    (local.set $error (call $errorOf (local.get $w) (local.get $scale) (local.get $zero)))
    (if (f32.lt (local.get $error) (global.get $error))
      (then
        (global.set $error (local.get $error))
        (global.set $scale (local.get $scale))
        (global.set $zero (local.get $zero)))))

  ;; A range from the block's least value to its greatest, narrowed by a factor.
  (func $tryRange
    (param $w i32) (param $low f32) (param $span f32) (param $factor f32) (param $isHalf i32)
    (local $scale f32)
    (local.set $scale
      (call $stored
        (f32.div (f32.mul (local.get $span) (local.get $factor)) (f32.const 15))
        (local.get $isHalf)))
    (call $try
      (local.get $w)
      (local.get $scale)
      (f32.max (f32.const 0) (f32.min (f32.const 15)
        (f32.floor (f32.add (f32.const 0.5)
          (f32.div (f32.mul (f32.neg (local.get $low)) (local.get $factor)) (local.get $scale))))))))

  ;; The scale of least squared error for the levels that the kept one gives.
  (func $fitted (param $w i32) (result f32)
    (local $end i32) (local $inverse v128) (local $offset v128) (local $zeros v128)
    (local $steps v128) (local $products v128) (local $squares v128) (local $square f32)
    (local.set $inverse (f32x4.splat (f32.div (f32.const 1) (global.get $scale))))
    (local.set $offset (f32x4.splat (f32.add (global.get $zero) (f32.const 0.5))))
    (local.set $zeros (f32x4.splat (global.get $zero)))
    (local.set $end (i32.add (local.get $w) (i32.const 128)))
    (loop $values
      (local.set $steps
        (f32x4.sub
          (f32x4.convert_i32x4_s
            (call $levels (local.get $w) (local.get $inverse) (local.get $offset)))
          (local.get $zeros)))
      (local.set $products (f32x4.add (local.get $products)
        (f32x4.mul (v128.load (local.get $w)) (local.get $steps))))
      (local.set $squares (f32x4.add (local.get $squares)
        (f32x4.mul (local.get $steps) (local.get $steps))))
      (br_if $values
        (i32.lt_u (local.tee $w (i32.add (local.get $w) (i32.const 16))) (local.get $end))))
    (local.set $square (call $sum (local.get $squares)))
    (if (result f32) (f32.eq (local.get $square) (f32.const 0))
      (then (f32.const 0))
      (else (f32.div (call $sum (local.get $products)) (local.get $square)))))

  ;; 32 levels in 16 bytes, the earlier one of two in the lower half.
  (func $pack (param $w i32) (param $out i32)
    (local $inverse v128) (local $offset v128)
    (local.set $inverse (f32x4.splat (f32.div (f32.const 1) (global.get $scale))))
    (local.set $offset (f32x4.splat (f32.add (global.get $zero) (f32.const 0.5))))
    (v128.store (local.get $out)
      (i8x16.narrow_i16x8_u
        (call $packHalf (local.get $w) (local.get $inverse) (local.get $offset))
        (call $packHalf
          (i32.add (local.get $w) (i32.const 64)) (local.get $inverse) (local.get $offset)))))

  ;; 16 levels as 8 bytes in 16-bit lanes.
  (func $packHalf (param $w i32) (param $inverse v128) (param $offset v128) (result v128)
    (local $bytes v128)
    (local.set $bytes
      (i8x16.narrow_i16x8_u
        (i16x8.narrow_i32x4_s
          (call $levels (local.get $w) (local.get $inverse) (local.get $offset))
          (call $levels
            (i32.add (local.get $w) (i32.const 16)) (local.get $inverse) (local.get $offset)))
        (i16x8.narrow_i32x4_s
          (call $levels
            (i32.add (local.get $w) (i32.const 32)) (local.get $inverse) (local.get $offset))
          (call $levels
            (i32.add (local.get $w) (i32.const 48)) (local.get $inverse) (local.get $offset)))))
    (v128.or
      (v128.and (local.get $bytes) (v128.const i16x8 15 15 15 15 15 15 15 15))
      (v128.and
        (i16x8.shr_u (local.get $bytes) (i32.const 4))
        (v128.const i16x8 240 240 240 240 240 240 240 240))))

  ;; Blocks of 32 values to 4 bits each, w = scale · (level - zero point). Of six ranges, symmetric
  ;; around zero and not, the one with the least squared error; its scale is then fitted.
  (func (export "quantiseBlocks4")
    (param $w i32)        ;; address of the values
    (param $blocks i32)   ;; at least 1
    (param $isHalf i32)   ;; 1: scales are stored as binary16
    (param $bytes i32)    ;; address of 16 bytes a block
    (param $scales i32)   ;; address of a float32 a block
    (param $zeros i32)    ;; address of a byte a block
    (result f64)          ;; the squared error of all
    (local $low v128) (local $high v128) (local $least f32) (local $greatest f32)
    (local $span f32) (local $extreme f32) (local $fitted f32) (local $i i32)
    (local $total f64)
    (loop $next
      (local.set $low (v128.const f32x4 0 0 0 0))
      (local.set $high (v128.const f32x4 0 0 0 0))
      (local.set $i (i32.const 0))
      (loop $values
        (local.set $low (f32x4.pmin
          (local.get $low) (v128.load (i32.add (local.get $w) (local.get $i)))))
        (local.set $high (f32x4.pmax
          (local.get $high) (v128.load (i32.add (local.get $w) (local.get $i)))))
        (br_if $values
          (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 16))) (i32.const 128))))
      (local.set $least (f32.min
        (f32.min (f32x4.extract_lane 0 (local.get $low)) (f32x4.extract_lane 1 (local.get $low)))
        (f32.min (f32x4.extract_lane 2 (local.get $low)) (f32x4.extract_lane 3 (local.get $low)))))
      (local.set $greatest (f32.max
        (f32.max (f32x4.extract_lane 0 (local.get $high)) (f32x4.extract_lane 1 (local.get $high)))
        (f32.max (f32x4.extract_lane 2 (local.get $high)) (f32x4.extract_lane 3 (local.get $high)))))
      (local.set $span (f32.sub (local.get $greatest) (local.get $least)))
      (global.set $error (f32.const inf))
      (global.set $scale (f32.const 0))
      (global.set $zero (f32.const 8))
      (if (f32.ge (local.get $span) (f32.const 1e-30))
        (then
          (call $tryRange (local.get $w) (local.get $least) (local.get $span)
            (f32.const 1) (local.get $isHalf))
          (call $tryRange (local.get $w) (local.get $least) (local.get $span)
            (f32.const 0.93) (local.get $isHalf))
          (call $tryRange (local.get $w) (local.get $least) (local.get $span)
            (f32.const 0.86) (local.get $isHalf))
          (call $tryRange (local.get $w) (local.get $least) (local.get $span)
            (f32.const 0.79) (local.get $isHalf))
          ;; Around zero the larger side gets the eight steps, by a negative scale if need be.
          (local.set $extreme (select
            (local.get $greatest) (local.get $least)
            (f32.gt (local.get $greatest) (f32.neg (local.get $least)))))
          (call $try (local.get $w)
            (call $stored
              (f32.div (local.get $extreme) (f32.const -8)) (local.get $isHalf))
            (f32.const 8))
          (call $try (local.get $w)
            (call $stored
              (f32.div (f32.mul (local.get $extreme) (f32.const 0.88)) (f32.const -8))
              (local.get $isHalf))
            (f32.const 8))))
      (if (f32.eq (global.get $scale) (f32.const 0))
        (then
          ;; Zeros, or smaller than the least scale of the stored type.
          (v128.store (local.get $bytes)
            (v128.const i8x16 -120 -120 -120 -120 -120 -120 -120 -120
              -120 -120 -120 -120 -120 -120 -120 -120))
          (local.set $total (f64.add (local.get $total) (call $squares (local.get $w)))))
        (else
          (local.set $fitted (call $stored (call $fitted (local.get $w)) (local.get $isHalf)))
          (call $try (local.get $w) (local.get $fitted) (global.get $zero))
          (call $pack (local.get $w) (local.get $bytes))
          (local.set $total (f64.add (local.get $total) (f64.promote_f32 (global.get $error))))))
      (f32.store (local.get $scales) (global.get $scale))
      (i32.store8 (local.get $zeros) (i32.trunc_f32_u (global.get $zero)))
      (local.set $w (i32.add (local.get $w) (i32.const 128)))
      (local.set $bytes (i32.add (local.get $bytes) (i32.const 16)))
      (local.set $scales (i32.add (local.get $scales) (i32.const 4)))
      (local.set $zeros (i32.add (local.get $zeros) (i32.const 1)))
      (br_if $next (local.tee $blocks (i32.sub (local.get $blocks) (i32.const 1)))))
    (local.get $total))

  (func $squares (param $w i32) (result f64)
    (local $end i32) (local $sum v128)
    (local.set $end (i32.add (local.get $w) (i32.const 128)))
    (loop $values
      (local.set $sum (f32x4.add (local.get $sum)
        (f32x4.mul (v128.load (local.get $w)) (v128.load (local.get $w)))))
      (br_if $values
        (i32.lt_u (local.tee $w (i32.add (local.get $w) (i32.const 16))) (local.get $end))))
    (f64.promote_f32 (call $sum (local.get $sum)))))
