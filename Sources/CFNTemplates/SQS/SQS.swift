// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Amazon Simple Queue Service.
public enum SQS {}
