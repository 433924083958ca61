using Cloud.Hub.Learning.Recipes;

namespace Cloud.Hub.Tests.Learning.Corpora;

public sealed class AdaptCommandTests
{
    [Theory]
    [InlineData("0")]
    [InlineData("51")]
    public void More_windows_of_a_new_device_than_anybody_labels_are_refused(string windows)
    {
        var parsed = LearnCommand.Create().Parse(["adapt", "hapt", "--windows", windows]);
        Assert.Equal("--windows must be 1 to 50", Assert.Single(parsed.Errors).Message);
        Assert.Empty(LearnCommand.Create().Parse(["adapt", "hapt", "--windows", "50"]).Errors);
    }
}
