// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

// The client, its configuration and its errors are part of every call: who imports this module has them.
@_exported public import AWSRuntime
