// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// AWS Identity and Access Management: roles and the documents that say who may do what.
public enum IAM {}
