// What errors of an op are measured against: how large the numbers of a head can be.
#pragma once
#include "attention/ops.h"

namespace attnscope {

// A bound on |s[i,j]| of a head, masked or not: |scale| max|q| max|k| + |slope| max|j - p|, with |q| and |k| the
// lengths of vectors (Cauchy-Schwarz) and p the position of query i. 0 for a head without queries or keys. A cap is not
// regarded.
double score_bound(const HeadView& head);

// max |v[j,c]|; 0 for a head without keys.
double largest_value(const HeadView& head);

}  // namespace attnscope
