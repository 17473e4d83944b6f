;; Dot products of one vector with many: 8-bit rows against a 16-bit query.
;;
;; A row lies in memory as 4 bytes that are skipped (its scale) and then blocks of 16 signed bytes;
;; the query as blocks of 16 signed 16-bit numbers. A row's dot product must fit in 32 bits.
(module
  (memory (export "memory") 1)

  (func (export "dotRows")
    (param $row i32)      ;; address of the first row
    (param $rowCount i32) ;; at least 1
    (param $rowBytes i32) ;; from one row to the next
    (param $query i32)    ;; address
    (param $blocks i32)   ;; of 16 numbers, at least 1
    (param $out i32)      ;; address of the results, one i32 a row
    (local $at i32) (local $q i32) (local $left i32)
    (local $values v128) (local $low v128) (local $high v128)

    (loop $rows
      (local.set $at (i32.add (local.get $row) (i32.const 4)))
      (local.set $q (local.get $query))
      (local.set $left (local.get $blocks))
      (local.set $low (v128.const i32x4 0 0 0 0))
      (local.set $high (v128.const i32x4 0 0 0 0))
      (loop $row_blocks
        (local.set $values (v128.load align=1 (local.get $at)))
        (local.set $low
          (i32x4.add
            (local.get $low)
            (i32x4.dot_i16x8_s
              (i16x8.extend_low_i8x16_s (local.get $values))
              (v128.load (local.get $q)))))
        (local.set $high
          (i32x4.add
            (local.get $high)
            (i32x4.dot_i16x8_s
              (i16x8.extend_high_i8x16_s (local.get $values))
              (v128.load offset=16 (local.get $q)))))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (local.set $q (i32.add (local.get $q) (i32.const 32)))
        (br_if $row_blocks
          (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))

      (local.set $low (i32x4.add (local.get $low) (local.get $high)))
      (i32.store (local.get $out)
        (i32.add
          (i32.add
            (i32x4.extract_lane 0 (local.get $low))
            (i32x4.extract_lane 1 (local.get $low)))
          (i32.add
            (i32x4.extract_lane 2 (local.get $low))
            (i32x4.extract_lane 3 (local.get $low)))))

      (local.set $out (i32.add (local.get $out) (i32.const 4)))
      (local.set $row (i32.add (local.get $row) (local.get $rowBytes)))
      (br_if $rows
        (local.tee $rowCount (i32.sub (local.get $rowCount) (i32.const 1)))))))
