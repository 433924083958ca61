using System.Security.Cryptography;
using Hmas.Testing;
using Hmas.Trust;

namespace Shared.Tests.Trust;

public sealed class SigningKeyTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public void A_saved_key_signs_the_same_after_loading()
    {
        var path = _folder.File("key.pem");
        using var key = SigningKey.Create();
        key.Save(path);
        using var loaded = SigningKey.Load(path);

        Assert.Equal(key.PublicKey, loaded.PublicKey);
        Assert.Equal(key.Sign("x"u8), loaded.Sign("x"u8));
        Assert.Equal([path], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void A_key_file_belongs_to_its_owner_alone()
    {
        var path = _folder.File("key.pem");
        using var key = SigningKey.Create();
        key.Save(path);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));

        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        var refused = Assert.Throws<CryptographicException>(() => SigningKey.Load(path));
        Assert.Contains(path, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_key_is_named()
    {
        var path = _folder.File("key.pem");
        File.WriteAllText(path, "not a key");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);

        Assert.Contains(path, Assert.Throws<CryptographicException>(() => SigningKey.Load(path)).Message, StringComparison.Ordinal);
        Assert.Contains(path, Assert.Throws<CryptographicException>(() => PublicKeyFile.Read(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Public_keys_go_through_a_file_in_order()
    {
        var path = _folder.File("trusted.pem");
        using var first = SigningKey.Create();
        using var second = SigningKey.Create();
        PublicKeyFile.Write(path, [first.PublicKey, second.PublicKey]);
        File.AppendAllText(path, "# a note\n");

        Assert.Equal([first.PublicKey, second.PublicKey], PublicKeyFile.Read(path));
    }

    [Fact]
    public void The_test_vector_of_RFC_8032_verifies_with_a_key_read_from_PEM()
    {
        // RFC 8032 section 7.1, test 1: seed 9d61…, empty message. PKCS #8 prefix of Ed25519: RFC 8410 section 7.
        var path = _folder.File("rfc.pem");
        var seed = Convert.FromHexString("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
        byte[] pkcs8 = [.. Convert.FromHexString("302e020100300506032b657004220420"), .. seed];
        File.WriteAllText(path, $"-----BEGIN PRIVATE KEY-----\n{Convert.ToBase64String(pkcs8)}\n-----END PRIVATE KEY-----\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        using var key = SigningKey.Load(path);

        Assert.Equal("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", Convert.ToHexStringLower(key.PublicKey));
        Assert.Equal(
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
            Convert.ToHexStringLower(key.Sign([])));
    }

    public void Dispose() => _folder.Dispose();
}
