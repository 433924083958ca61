using Hmas.Contracts.Models;
using Hmas.Inference;
using Hmas.Testing;

namespace Shared.Tests.Inference;

public sealed class OptimisedModelTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_optimised_model_is_kept_and_answers_like_the_original()
    {
        var expected = Answer(new SessionSettings());
        Assert.Equal(expected, Answer(Cached));
        var kept = Assert.Single(Directory.GetFiles(_folder.Path));
        var written = File.GetLastWriteTimeUtc(kept);

        Assert.Equal(expected, Answer(Cached));

        Assert.Equal(written, File.GetLastWriteTimeUtc(kept));
        Assert.Equal("HMASOPT1"u8.ToArray(), File.ReadAllBytes(kept)[..8]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(200)]
    public void A_damaged_or_cut_file_is_made_again(int keptBytes)
    {
        var expected = Answer(Cached);
        var kept = Assert.Single(Directory.GetFiles(_folder.Path));
        var whole = File.ReadAllBytes(kept);
        File.WriteAllBytes(kept, whole[..keptBytes]);

        Assert.Equal(expected, Answer(Cached));

        Assert.Equal(whole.Length, new FileInfo(kept).Length);
    }

    [Fact]
    public void Another_level_has_its_own_file()
    {
        Answer(Cached);
        Answer(Cached with { OptimisationLevel = OptimisationLevel.Basic });
        Assert.Equal(2, Directory.GetFiles(_folder.Path).Length);
    }

    private SessionSettings Cached => new() { OptimisedModelPath = _folder.Path };

    private static float[] Answer(SessionSettings settings)
    {
        using var session = new ModelSession(Fixture.Model("wide"), new TensorSpec("x", [1, 8, 64]), new TensorSpec("y", [1, 8, 64]), settings);
        for (var i = 0; i < session.Input.Length; i++)
            session.Input[i] = MathF.Sin(i);
        session.Run();
        return session.Output.ToArray();
    }
}
