// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The payloads of Lamassu 2.
public enum Generation2 {}
