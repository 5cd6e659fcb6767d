// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import LamassuEvents

/// The three services in one, with everything in memory: what the decorators are put around in tests. It notes each call.
actor InMemoryPKI: CertificateAuthorityService, DeviceManagerService, DMSManagerService {
    struct NotFound: Error {}
    struct OperationFailed: Error {}

    // What is there from the beginning, one of each kind.
    static let plant = CACertificate(id: "plant", certificate: certificate("0c"))
    static let leaf = certificate("1a")
    static let short = IssuanceProfile(id: "short")
    static let press = Device(id: "press")
    static let hall = DeviceGroup(id: "hall")
    static let line = DMS(id: "line")

    /// What was called, in order.
    private(set) var calls: [String] = []
    private var isFailing = false
    private var authorities = ["plant": InMemoryPKI.plant]
    private var certificates = ["1a": InMemoryPKI.leaf]
    private var profiles = ["short": InMemoryPKI.short]
    private var devices = ["press": InMemoryPKI.press]
    private var groups = ["hall": InMemoryPKI.hall]
    private var systems = ["line": InMemoryPKI.line]

    /// Lets every operation fail from now on; reading goes on.
    func failOperations() { self.isFailing = true }

    static func certificate(_ serialNumber: String) -> Certificate {
        Certificate(serialNumber: serialNumber, status: .active, certificate: "UEVN")
    }

    private func read<Model>(_ model: Model?, _ call: String = #function) throws -> Model {
        self.calls.append(String(call.prefix { $0 != "(" }))
        guard let model else { throw NotFound() }
        return model
    }

    /// Begins an operation.
    private func begin(_ call: String = #function) throws {
        self.calls.append(String(call.prefix { $0 != "(" }))
        if self.isFailing { throw OperationFailed() }
    }

    private func change<Model>(_ model: inout Model?, _ call: String = #function, _ change: (inout Model) -> Void) throws -> Model {
        try self.begin(call)
        guard var changed = model else { throw NotFound() }
        change(&changed)
        model = changed
        return changed
    }

    // MARK: CAs

    func ca(_ id: String) throws -> CACertificate { try self.read(self.authorities[id]) }

    func createCA(_ id: String?, with level: Int) throws -> CACertificate {
        try self.begin()
        let ca = CACertificate(id: id ?? "chosen", certificate: Self.certificate("0d"), level: level)
        self.authorities[ca.id] = ca
        return ca
    }

    func importCA(_ id: String?, with pem: String) throws -> CACertificate {
        try self.begin()
        let ca = CACertificate(id: id ?? "chosen", certificate: Self.certificate(pem))
        self.authorities[ca.id] = ca
        return ca
    }

    func updateCAStatus(_ id: String, to status: CertificateStatus, reason: RevocationReason?) throws -> CACertificate {
        try self.change(&self.authorities[id]) {
            $0.certificate.status = status
            $0.certificate.revocationReason = reason
        }
    }

    func updateCAProfile(_ id: String, to profileID: String) throws -> CACertificate {
        try self.change(&self.authorities[id]) { $0.profileID = profileID }
    }

    func updateCAMetadata(_ id: String, with metadata: Metadata) throws -> CACertificate {
        try self.change(&self.authorities[id]) { $0.metadata = metadata }
    }

    func reissueCA(_ id: String) throws -> CACertificate {
        try self.change(&self.authorities[id]) { $0.certificate = Self.certificate("0e") }
    }

    func deleteCA(_ id: String, cascade: Bool) throws {
        try self.begin()
        self.authorities[id] = nil
    }

    func signCertificate(by caID: String, with serialNumber: String) throws -> Certificate {
        try self.begin()
        return Self.certificate(serialNumber)
    }

    func createSignature(by caID: String, with message: [UInt8]) throws -> [UInt8] {
        try self.begin()
        return message.reversed()
    }

    // MARK: Certificates

    func certificate(_ serialNumber: String) throws -> Certificate { try self.read(self.certificates[serialNumber]) }

    func createCertificate(with serialNumber: String) throws -> Certificate {
        try self.begin()
        return Self.certificate(serialNumber)
    }

    func importCertificate(with serialNumber: String) throws -> Certificate {
        try self.begin()
        return Self.certificate(serialNumber)
    }

    func updateCertificateStatus(_ serialNumber: String, to status: CertificateStatus, reason: RevocationReason?) throws -> Certificate {
        try self.change(&self.certificates[serialNumber]) {
            $0.status = status
            $0.revocationReason = reason
        }
    }

    func updateCertificateMetadata(_ serialNumber: String, with metadata: Metadata) throws -> Certificate {
        try self.change(&self.certificates[serialNumber]) { $0.metadata = metadata }
    }

    func deleteCertificate(_ serialNumber: String) throws {
        try self.begin()
        self.certificates[serialNumber] = nil
    }

    // MARK: Issuance profiles

    func issuanceProfile(_ id: String) throws -> IssuanceProfile { try self.read(self.profiles[id]) }

    func createIssuanceProfile(_ profile: IssuanceProfile) throws -> IssuanceProfile {
        try self.begin()
        var profile = profile
        if profile.id.isEmpty { profile.id = "chosen" }
        self.profiles[profile.id] = profile
        return profile
    }

    func updateIssuanceProfile(_ profile: IssuanceProfile) throws -> IssuanceProfile {
        try self.change(&self.profiles[profile.id]) { $0 = profile }
    }

    func deleteIssuanceProfile(_ id: String) throws {
        try self.begin()
        self.profiles[id] = nil
    }

    // MARK: Devices

    func device(_ id: String) throws -> Device { try self.read(self.devices[id]) }

    func createDevice(_ id: String, with tags: [String]) throws -> Device {
        try self.begin()
        let device = Device(id: id, tags: tags)
        self.devices[id] = device
        return device
    }

    func updateDeviceStatus(_ id: String, to status: DeviceStatus) throws -> Device {
        try self.change(&self.devices[id]) { $0.status = status }
    }

    func updateDeviceIdentitySlot(_ id: String, to slot: Slot) throws -> Device {
        try self.change(&self.devices[id]) { $0.identity = slot }
    }

    func updateDeviceMetadata(_ id: String, with metadata: Metadata) throws -> Device {
        try self.change(&self.devices[id]) { $0.metadata = metadata }
    }

    func deleteDevice(_ id: String) throws {
        try self.begin()
        self.devices[id] = nil
    }

    func deviceGroup(_ id: String) throws -> DeviceGroup { try self.read(self.groups[id]) }

    func createDeviceGroup(_ group: DeviceGroup) throws -> DeviceGroup {
        try self.begin()
        var group = group
        if group.id.isEmpty { group.id = "chosen" }
        self.groups[group.id] = group
        return group
    }

    func updateDeviceGroup(_ group: DeviceGroup) throws -> DeviceGroup {
        try self.change(&self.groups[group.id]) { $0 = group }
    }

    func deleteDeviceGroup(_ id: String) throws {
        try self.begin()
        self.groups[id] = nil
    }

    // MARK: Device manufacturing systems

    func dms(_ id: String) throws -> DMS { try self.read(self.systems[id]) }

    func createDMS(_ dms: DMS) throws -> DMS {
        try self.begin()
        var dms = dms
        if dms.id.isEmpty { dms.id = "chosen" }
        self.systems[dms.id] = dms
        return dms
    }

    func updateDMS(_ dms: DMS) throws -> DMS { try self.change(&self.systems[dms.id]) { $0 = dms } }

    func updateDMSMetadata(_ id: String, with metadata: Metadata) throws -> DMS {
        try self.change(&self.systems[id]) { $0.metadata = metadata }
    }

    func deleteDMS(_ id: String) throws {
        try self.begin()
        self.systems[id] = nil
    }

    func enroll(_ aps: String, with serialNumber: String) throws -> Certificate {
        try self.begin()
        return Self.certificate(serialNumber)
    }

    func reenroll(_ aps: String, with serialNumber: String) throws -> Certificate {
        try self.begin()
        return Self.certificate(serialNumber)
    }

    func bindIdentity(to deviceID: String, with serialNumber: String) throws -> BindIdentityToDeviceOutput {
        try self.begin()
        return BindIdentityToDeviceOutput(certificate: Self.certificate(serialNumber), dms: nil, device: Device(id: deviceID))
    }
}
