/// Keys and bundles that OpenSSF's model_signing 1.1.1 and OpenSSL made: `tools/interop/signing.py … golden OUT`. The file `model.h5`
/// contains "cellar"; the folder contains it and `notes.txt`.
enum GoldenSignature {
    static let privateKey = """
        -----BEGIN EC PRIVATE KEY-----
        MHcCAQEEIDbD5388wRNTevTpQxsg9iMYkGuNeQ0ztUsNWTiQUpvfoAoGCCqGSM49
        AwEHoUQDQgAEQX1iv9vczygJ6mOk0AyMcXMmpX8RMHVAA09RchFEWCAJKx4MLCxK
        0Dv9Y3IC476CQNfng26yBgyjj7vP/E/Utw==
        -----END EC PRIVATE KEY-----

        """
    static let privateKey8 = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgNsPnfzzBE1N69OlD
        GyD2IxiQa415DTO1Sw1ZOJBSm9+hRANCAARBfWK/29zPKAnqY6TQDIxxcyalfxEw
        dUADT1FyEURYIAkrHgwsLErQO/1jcgLjvoJA1+eDbrIGDKOPu8/8T9S3
        -----END PRIVATE KEY-----

        """
    static let publicKey = """
        -----BEGIN PUBLIC KEY-----
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEQX1iv9vczygJ6mOk0AyMcXMmpX8R
        MHVAA09RchFEWCAJKx4MLCxK0Dv9Y3IC476CQNfng26yBgyjj7vP/E/Utw==
        -----END PUBLIC KEY-----

        """
    static let ofFile = #"""
        {"mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json", "verificationMaterial": {"publicKey":\#
         {"hint": "96e65859d80dabc125f830881077e438b583803e0da8ecd79c75fc7308b0e5a7"}, "tlogEntries": []}, "\#
        dsseEnvelope": {"payload": "ewogICJfdHlwZSI6ICJodHRwczovL2luLXRvdG8uaW8vU3RhdGVtZW50L3YxIiwKICAic3Vi\#
        amVjdCI6IFsKICAgIHsKICAgICAgIm5hbWUiOiAibW9kZWwuaDUiLAogICAgICAiZGlnZXN0IjogewogICAgICAgICJzaGEyNTYi\#
        OiAiMDQ2YjYyNjgwODRhMTU3OGM5MWM5NjY1YmVkYWQ2MjE4MjAzZjZhNjE2NDJiOWFhZTQ5ZTI5YjI3OGZiNjY4MSIKICAgICAg\#
        fQogICAgfQogIF0sCiAgInByZWRpY2F0ZVR5cGUiOiAiaHR0cHM6Ly9tb2RlbF9zaWduaW5nL3NpZ25hdHVyZS92MS4wIiwKICAi\#
        cHJlZGljYXRlIjogewogICAgInNlcmlhbGl6YXRpb24iOiB7CiAgICAgICJoYXNoX3R5cGUiOiAic2hhMjU2IiwKICAgICAgImFs\#
        bG93X3N5bWxpbmtzIjogZmFsc2UsCiAgICAgICJpZ25vcmVfcGF0aHMiOiBbCiAgICAgICAgIi5naXRhdHRyaWJ1dGVzIiwKICAg\#
        ICAgICAiLmdpdCIsCiAgICAgICAgIi5naXRodWIiLAogICAgICAgICIuZ2l0aWdub3JlIgogICAgICBdLAogICAgICAibWV0aG9k\#
        IjogImZpbGVzIgogICAgfSwKICAgICJyZXNvdXJjZXMiOiBbCiAgICAgIHsKICAgICAgICAiYWxnb3JpdGhtIjogInNoYTI1NiIs\#
        CiAgICAgICAgImRpZ2VzdCI6ICJjOWM4ZWI4ZmE5ZDFiMDNiY2YwYjYxYWM0NzhhNjZlZDkxYTIyNGJkZTg2YWRlNDI5NzA2NWMw\#
        ZDNjYzViM2NhIiwKICAgICAgICAibmFtZSI6ICIuIgogICAgICB9CiAgICBdCiAgfQp9", "payloadType": "application/v\#
        nd.in-toto+json", "signatures": [{"sig": "MEYCIQCo3XdS8RlxnLxUQ08J+/u93kuh6QKxb0+ARteWBUN/VwIhALK8sr\#
        4JUjfktY11qib6wDXFEHYwivO0xKeCTE/cF0YO", "keyid": ""}]}}
        """#
    static let ofFolder = #"""
        {"mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json", "verificationMaterial": {"publicKey":\#
         {"hint": "96e65859d80dabc125f830881077e438b583803e0da8ecd79c75fc7308b0e5a7"}, "tlogEntries": []}, "\#
        dsseEnvelope": {"payload": "ewogICJfdHlwZSI6ICJodHRwczovL2luLXRvdG8uaW8vU3RhdGVtZW50L3YxIiwKICAic3Vi\#
        amVjdCI6IFsKICAgIHsKICAgICAgIm5hbWUiOiAibW9kZWwiLAogICAgICAiZGlnZXN0IjogewogICAgICAgICJzaGEyNTYiOiAi\#
        MzA2N2U5OWMxM2Y0MTIxNmFiYmZmMzAzNDE4ZDdiOTAwY2Q1YjdlOTViNTU0OGNkNGJkNjc4MzQxZmZhNWU2MyIKICAgICAgfQog\#
        ICAgfQogIF0sCiAgInByZWRpY2F0ZVR5cGUiOiAiaHR0cHM6Ly9tb2RlbF9zaWduaW5nL3NpZ25hdHVyZS92MS4wIiwKICAicHJl\#
        ZGljYXRlIjogewogICAgInNlcmlhbGl6YXRpb24iOiB7CiAgICAgICJoYXNoX3R5cGUiOiAic2hhMjU2IiwKICAgICAgImlnbm9y\#
        ZV9wYXRocyI6IFsKICAgICAgICAiLmdpdGlnbm9yZSIsCiAgICAgICAgIi5naXQiLAogICAgICAgICIuZ2l0YXR0cmlidXRlcyIs\#
        CiAgICAgICAgIi5naXRodWIiCiAgICAgIF0sCiAgICAgICJtZXRob2QiOiAiZmlsZXMiLAogICAgICAiYWxsb3dfc3ltbGlua3Mi\#
        OiBmYWxzZQogICAgfSwKICAgICJyZXNvdXJjZXMiOiBbCiAgICAgIHsKICAgICAgICAiZGlnZXN0IjogImM5YzhlYjhmYTlkMWIw\#
        M2JjZjBiNjFhYzQ3OGE2NmVkOTFhMjI0YmRlODZhZGU0Mjk3MDY1YzBkM2NjNWIzY2EiLAogICAgICAgICJhbGdvcml0aG0iOiAi\#
        c2hhMjU2IiwKICAgICAgICAibmFtZSI6ICJtb2RlbC5oNSIKICAgICAgfSwKICAgICAgewogICAgICAgICJkaWdlc3QiOiAiMTg3\#
        ODk3Y2UwYWZjZjIwYjUwYmEyYjM3ZGNhODRhOTUxYjcwNDZmMjllZDVhYjk0ZjAxMDYxOWY2OWQ2ZTE4OSIsCiAgICAgICAgImFs\#
        Z29yaXRobSI6ICJzaGEyNTYiLAogICAgICAgICJuYW1lIjogIm5vdGVzLnR4dCIKICAgICAgfQogICAgXQogIH0KfQ==", "payl\#
        oadType": "application/vnd.in-toto+json", "signatures": [{"sig": "MEUCIQCJaba5z3xU3WmttH17Am+W7uSTLw\#
        ZXZ0XK+T3ua6gIAwIgfwwMqNbQKn2/ZEEAdYJyD6/XctkvI/8N78YweTdfwsE=", "keyid": ""}]}}
        """#
}
