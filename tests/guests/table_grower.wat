;; A plugin that grows a table until there is none left. Written by hand, because Rust has no word for
;; growing a table; the tests wrap it into a component with the contract's own WIT.
(module
  (memory (export "memory") 1)
  (table $table 1 funcref)
  (data (i32.const 2048) "table-grower0.1.0Grows a table.{}")
  ;; The answer of `describe`: name, version, kind, summary, schema.
  (data (i32.const 1024)
    "\00\08\00\00\0c\00\00\00"  ;; 2048, 12
    "\0c\08\00\00\05\00\00\00"  ;; 2060, 5
    "\00\00\00\00"              ;; routing
    "\11\08\00\00\0e\00\00\00"  ;; 2065, 14
    "\1f\08\00\00\02\00\00\00") ;; 2079, 2
  (global $next (mut i32) (i32.const 4096))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (local $at i32)
    (local.set $at
      (i32.and
        (i32.add (global.get $next) (i32.sub (local.get 2) (i32.const 1)))
        (i32.sub (i32.const 0) (local.get 2))))
    (global.set $next (i32.add (local.get $at) (local.get 3)))
    (local.get $at))
  ;; Takes any settings: 512 holds `ok`.
  (func (export "kapok:plugin/settings@0.1.0#configure") (param i32 i32) (result i32)
    (i32.const 512))
  (func (export "kapok:plugin/about@0.1.0#describe") (result i32)
    (i32.const 1024))
  (func (export "kapok:plugin/routing@0.1.0#route") (param i32) (result i32)
    (loop $more
      (drop (table.grow $table (ref.null func) (i32.const 1000)))
      (br $more))
    (unreachable)))
