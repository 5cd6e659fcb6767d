// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

// Empty on purpose: the package manager wants one source in a C target; all there is stands in the header.
