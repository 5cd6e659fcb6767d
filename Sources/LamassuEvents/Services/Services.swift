// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A CA service in full; a service that does less conforms to the parts that it has.
public typealias CertificateAuthorityService = AuthorityService & SigningService & CertificateService & IssuanceProfileService

/// A device manager in full; a service that does less conforms to the parts that it has.
public typealias DeviceManagerService = DeviceService & DeviceGroupService

/// A DMS manager in full; a service that does less conforms to the parts that it has.
public typealias DMSManagerService = DMSService & EnrollmentService
