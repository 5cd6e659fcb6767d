// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// An operation of a service model.
struct OperationModel {
    var name: String
    var method: String
    var uri: String
    var input: String?
    var output: String?
    var isSigned: Bool
}
