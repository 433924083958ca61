using Cloud.Hub.Learning.Studies;

namespace Cloud.Hub.Tests.Learning.Corpora;

public sealed class AdaptCommandTests
{
    [Theory]
    [InlineData("hapt", "0")]
    [InlineData("hapt", "51")]
    [InlineData("skab", "51")]
    public void More_windows_of_a_new_device_than_anybody_labels_are_refused(string set, string windows)
    {
        var parsed = LearnCommand.Create().Parse(["adapt", set, "--windows", windows]);
        Assert.Equal("--windows must be 1 to 50", Assert.Single(parsed.Errors).Message);
        Assert.Empty(LearnCommand.Create().Parse(["adapt", set, "--windows", "50"]).Errors);
    }
}
