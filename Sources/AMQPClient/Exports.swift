// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

// Properties, tables and their values are part of this module's interface: who imports it has them.
@_exported public import AMQPWire
