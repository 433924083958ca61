using Hmas.Trust.UpdateFramework.Signatures;

namespace Shared.Tests.Trust.UpdateFramework;

/// <summary>Signatures of the word "salted" by OpenSSL 3.0, through Node's crypto, with one key and several salts.</summary>
public sealed class RsaPssTests
{
    private const string PublicKey =
        "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAojWV2t7Og9PyhTKF2Nvup+ED3fdU+b8NVxDEMvsL3bBJMQ5t1S5RlK4NHntbUUPerXAZIEO6IY1awA5l+RSW5W/K4ozIU3jMZdgIoeYwqfp4nnLUan3ODxJAT9IVHn4h0RC11MF6nVsrG3TEzNzpjg6pFrY1u3G1NPIftI2aLt4E/c+lk/se5z5a5BiRn4pcZA6QD7X3X9HFQfD8jjvNZGr+BGinvheBgP/Xp4BVt9tZVOLzHwZFTO2s2J6n5dWogPR07wlfT0FOl385JSpyARInCVJ4nRUrt8lBYvKi+13/U4fETtYjuTEq1gwaGSjzavwPEeO7As7qXBrF4LAwPQIDAQAB\n-----END PUBLIC KEY-----";

    private const string LongestSalt =
        "15d1170fcf36b8c3bb5106cb4f4820bbbd06637e5ae291aeddc092fe88a2aa0997b41eef9bf3868d923c52b09d3bbed71797eb48cb676d96f29469059afa5b6ce9860fd467fe3741195fb89c82d9a81aee596b408365be26a7ed79bdcb27c42028a3ffe429a8e869c8e73058fdaa3e8cdf02dbd40abf2a3671230e5718fc0b616e3bd46e224eb5f881aee2e2c845ab5b5f6f8ea163068099a0301ce1da5ef2b4a28ecb065b2377c3b8d8d27872dfb05359f3b7eeafec64e12159e77021ea463135565db5c39b7a007ffc2d6a8c8a39fd39aa5122b5e603175c409735725aea58187d7aba5385592a4dd47d983cb5b349ae7be573a28b8a6d1b8f488234ca8654";

    private const string SaltOfTheHash =
        "9273d9b076d85c232be01c88ec9f9e1942bfbcb3efcfcf347cdbc43a44680781809423393a93df95d4f1b8c2ac1e0c32fa208f80a3b409450fd0ae27d008d8574f7fe77ce3c0aee649c7ba17ed7fa1e02b643a346cae1e634769b767c5d06a5af9256735d17cfe81c33a800c091ad5175d15af01b362be601e64463e5673d1fc8daaa9adda136d25f0957589fced70f4c616417547bc22a9d68d874365e5e4416cd7d905f32239d2ba96a3a947b67d374038262e26af41e85738e3eea8d7c09b3e876eb25e0bde8b0a1fd0cb12050f8fedbe1d10bc89a402ec73f36afa478fbef60523132489de23bc8dfd3a574b977558df3c17e2d1673d38305eef6164af17";

    private const string NoSalt =
        "892c01fd8c52509f5d9a9e99ae2b1978a8787bf7709e8458e267d06f313f560564ec77ef1f16456a4a9a51770ec4338e3feee1d5515a3d229983262036e372227650508df00f67ef5959ea57dbafaad300c4effa5bd3e0599e5702b4754e1009fb47c71f4b1a75effba85a93568601563cf49e6037b5081e260c92bec0455af5d4cac04f0c5306c2b2a3a45f7d8d7a044716ba39aeb3416b9b7ddc1e7b2bc81b587c56f4faffd1435a6b3cf5ab3ffcd0565f7249e45d9c5a46ccdc61cd85d1c2e63c107ab798295d6d8a3b5c07b515e2fac234401071fb08782fb5c1daac1fbc1da8e85375bf819be9c6bb2aaf53d303181cfc5d52d84c6ed1d2c713ff1e84cb";

    private const string OldPadding =
        "187dd62ef3a59d6cf4aed3eb66339402a2a10ad5714823d49becada76e10f14d4f1725402c0dbf06c93598a183eaea4eaa25d19759ee9d906b148ec47b5ef4ca5a75986a448e123a0c5f0a5adeb925a4a1efa32101369119eda5ef482cd7952a4ae45ae73fb698229b2269293d6a4dd20651f7ef035bb14a42d48251edce07f68966fa409dc25139562b460497df98f837b8050cb197abf791fcab1763a1e9366da2ac9cfe9a0dfa2b830c6416d9e46efb1f46fa4087e2ccdd4998afa661f7c63e700ec4824d2898cfa20e4276a835ec3dc759154b85c684b94c8aafacdfd099db93ca95dfc1d11bc0b13ebbba9974bc5887b7d504dcacc8da90d4a056cc02f4";

    [Theory]
    [InlineData(LongestSalt, true)]
    [InlineData(SaltOfTheHash, true)]
    [InlineData(NoSalt, true)]
    [InlineData(OldPadding, false)]
    [InlineData("", false)]
    [InlineData("00", false)]
    public void A_salt_of_any_length_verifies_and_another_padding_does_not(string signature, bool expected)
    {
        var key = RsaPssVerifier.TryRead(PublicKey)!;
        Assert.Equal(expected, key.Verify("salted"u8, Convert.FromHexString(signature)));
        Assert.False(key.Verify("saltee"u8, Convert.FromHexString(signature)));
    }

    [Fact]
    public void No_changed_bit_of_a_signature_verifies()
    {
        var key = RsaPssVerifier.TryRead(PublicKey)!;
        var signature = Convert.FromHexString(LongestSalt);
        for (var bit = 0; bit < signature.Length * 8; bit += 3)
        {
            signature[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(key.Verify("salted"u8, signature), $"bit {bit}");
            signature[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void A_key_below_2048_bits_is_no_key()
    {
        using var small = System.Security.Cryptography.RSA.Create(1024);
        Assert.Null(RsaPssVerifier.TryRead(small.ExportSubjectPublicKeyInfoPem()));
    }
}
