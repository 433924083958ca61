using System.Text;
using System.Text.Json;
using Hmas.Contracts;
using Hmas.Contracts.Models;
using Hmas.Trust;

namespace Shared.Tests.Trust;

public sealed class ModelPackageTests : IDisposable
{
    private readonly PackageSamples _samples = new();

    [Fact]
    public void A_written_package_verifies_and_gives_back_its_parts()
    {
        var verified = _samples.Verify(_samples.Package);

        Assert.Equal(_samples.Digest, verified.Digest);
        Assert.Equal(_samples.Onnx, verified.Onnx.ToArray());
        Assert.Equal(["current", "flow"], verified.Manifest.Channels);
        Assert.Equal(3, verified.Manifest.Release);
    }

    [Fact]
    public void The_digest_is_the_sha256_of_the_manifest_bytes() =>
        Assert.Equal("sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", ModelPackage.DigestOf("abc"u8)); // FIPS 180-2, B.1

    [Fact]
    public void Every_truncation_is_refused()
    {
        for (var length = 0; length < _samples.Package.Length; length++)
        {
            Assert.Contains(_samples.RefusalOf(_samples.Package[..length]), new[] { PackageReason.Truncated, PackageReason.Format });
        }
    }

    [Fact]
    public void Every_single_bit_flip_is_refused()
    {
        for (var bit = 0; bit < _samples.Package.Length * 8; bit++)
        {
            var flipped = (byte[])_samples.Package.Clone();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.NotEmpty(_samples.RefusalOf(flipped));
        }
    }

    [Fact]
    public void Random_bytes_are_refused_and_nothing_else_is_thrown()
    {
        var random = new Random(20261122);
        for (var i = 0; i < 2000; i++)
        {
            var mangled = (byte[])_samples.Package.Clone();
            random.NextBytes(mangled.AsSpan(random.Next(mangled.Length)));
            Assert.NotEmpty(_samples.RefusalOf(mangled));
        }
    }

    [Fact]
    public void Bytes_after_the_end_are_refused() =>
        Assert.Equal(PackageReason.TooLarge, _samples.RefusalOf([.. _samples.Package, 0]));

    [Fact]
    public void Another_package_than_the_one_asked_for_is_refused()
    {
        var other = JsonSerializer.SerializeToUtf8Bytes(
            PackageSamples.Manifest(_samples.Onnx) with { Release = 4 }, ContractsJson.Default.ModelManifest);

        Assert.Equal(PackageReason.DigestMismatch, _samples.RefusalOf(_samples.Pack(other, _samples.Onnx)));
    }

    [Fact]
    public void A_swapped_model_under_a_signed_manifest_is_refused() =>
        Assert.Equal(PackageReason.DigestMismatch, _samples.RefusalOf(_samples.Pack(_samples.ManifestJson, new byte[_samples.Onnx.Length])));

    [Fact]
    public void A_signature_by_a_key_that_is_not_trusted_is_refused()
    {
        using var stranger = SigningKey.Create();
        var package = ModelPackage.Write(
            _samples.ManifestJson, [new PackageSignature(stranger.PublicKey, stranger.Sign(_samples.ManifestJson))], _samples.Onnx);

        Assert.Equal(PackageReason.Signature, _samples.RefusalOf(package));
    }

    [Fact]
    public void A_trusted_key_with_a_signature_of_another_manifest_is_refused()
    {
        var package = ModelPackage.Write(
            _samples.ManifestJson, [new PackageSignature(_samples.Key.PublicKey, _samples.Key.Sign("another"u8))], _samples.Onnx);

        Assert.Equal(PackageReason.Signature, _samples.RefusalOf(package));
    }

    [Fact]
    public void A_package_without_a_signature_is_refused() =>
        Assert.Equal(PackageReason.Signature, _samples.RefusalOf(ModelPackage.Write(_samples.ManifestJson, [], _samples.Onnx)));

    [Fact]
    public void One_trusted_signature_among_strangers_is_enough()
    {
        using var stranger = SigningKey.Create();
        var package = ModelPackage.Write(
            _samples.ManifestJson,
            [
                new PackageSignature(stranger.PublicKey, stranger.Sign(_samples.ManifestJson)),
                new PackageSignature(_samples.Key.PublicKey, _samples.Key.Sign(_samples.ManifestJson)),
            ],
            _samples.Onnx);

        Assert.Equal(_samples.Digest, _samples.Verify(package).Digest);
    }

    [Fact]
    public void Limits_are_checked_before_anything_is_read()
    {
        var tight = new PackageLimits { MaxPackageBytes = _samples.Package.Length - 1 };
        var refused = Assert.Throws<PackageException>(() => ModelPackage.Verify(_samples.Package, _samples.Digest, [_samples.Key.PublicKey], tight));
        Assert.Equal(PackageReason.TooLarge, refused.Reason);

        var narrow = new PackageLimits { MaxManifestBytes = 10 };
        refused = Assert.Throws<PackageException>(() => ModelPackage.Verify(_samples.Package, _samples.Digest, [_samples.Key.PublicKey], narrow));
        Assert.Equal(PackageReason.TooLarge, refused.Reason);
    }

    [Theory]
    [InlineData("\"release\":3", "\"release\":-1", "release")]
    [InlineData("\"rateHz\":1", "\"rateHz\":0", "rateHz")]
    [InlineData("\"stride\":1", "\"stride\":33", "window.stride")]
    [InlineData("[1,2,32]", "[1,-2,32]", "input.shape")]
    [InlineData("\"quantile\":0.99", "\"quantile\":\"NaN\"", "threshold.quantile")]
    [InlineData("[\"current\",\"flow\"]", "[\"flow\",\"flow\"]", "channels")]
    [InlineData("\"temperature\":1", "\"temperature\":0", "temperature")]
    [InlineData("\"classes\":[]", "\"classes\":[\"one\",\"two\"]", "classes")]
    [InlineData("\"derived\":[]", "\"derived\":null", "recipe.derived")]
    [InlineData("\"formatVersion\":1", "\"formatVersion\":2", "formatVersion")]
    [InlineData("{\"formatVersion\"", "[\"formatVersion\"", "line")]
    public void A_signed_manifest_with_bad_values_is_refused_and_the_field_is_named(string good, string bad, string named)
    {
        var text = Encoding.UTF8.GetString(_samples.ManifestJson);
        Assert.Contains(good, text, StringComparison.Ordinal);
        var manifest = Encoding.UTF8.GetBytes(text.Replace(good, bad, StringComparison.Ordinal));

        var refused = Assert.Throws<PackageException>(() =>
            ModelPackage.Verify(
                _samples.Pack(manifest, _samples.Onnx), ModelPackage.DigestOf(manifest), [_samples.Key.PublicKey], new PackageLimits()));

        Assert.Equal(PackageReason.Manifest, refused.Reason);
        Assert.Contains(named, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 2, 0.01, 32, "probe.calibrationRows")]
    [InlineData(32, 2, 0, 96, "probe.tolerance")]
    [InlineData(32, 2, double.NaN, 96, "probe.tolerance")]
    [InlineData(32, 0, 0.01, 32, "probe.answers")]
    [InlineData(32, 2, 0.01, 95, "probe.rows")]
    [InlineData(32, 2, 0.01, 33_000, "probe.rows")]
    [InlineData(32, 2, 0.01, 96, null)]
    public void A_recorded_probe_must_hold_what_it_says(int calibrationRows, int answers, double tolerance, int rows, string? named)
    {
        var probe = new RecordedProbe { CalibrationRows = calibrationRows, Rows = new byte[rows * 2 * sizeof(float)], Answers = new float[answers],
            Tolerance = tolerance };
        var json = JsonSerializer.SerializeToUtf8Bytes(
            PackageSamples.Manifest(_samples.Onnx) with { Probe = probe }, ContractsJson.Default.ModelManifest);
        VerifiedPackage Verify() =>
            ModelPackage.Verify(_samples.Pack(json, _samples.Onnx), ModelPackage.DigestOf(json), [_samples.Key.PublicKey], new PackageLimits());

        if (named is null) Assert.Equal(probe.Rows.ToArray(), Verify().Manifest.Probe!.Rows.ToArray());
        else Assert.Contains(named, Assert.Throws<PackageException>(Verify).Message, StringComparison.Ordinal);
    }

    public void Dispose() => _samples.Dispose();
}
