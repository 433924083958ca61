using Hmas.Contracts.Models;
using Hmas.Inference;

namespace Shared.Tests.Inference;

public class ModelSessionTests
{
    [Fact]
    public void A_run_reads_the_bound_input_and_writes_the_bound_output()
    {
        using var session = Fixture.Session("half");
        for (var round = 1; round <= 3; round++)
        {
            for (var i = 0; i < session.Input.Length; i++)
                session.Input[i] = i * round;
            session.Run();
            for (var i = 0; i < session.Output.Length; i++)
                Assert.Equal(i * round * 0.5f, session.Output[i]);
        }
    }

    [Fact]
    public void A_thousand_runs_allocate_no_managed_byte()
    {
        using var session = Fixture.Session("identity");
        session.Run();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            session.Run();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData("truncated", "ORT_INVALID_PROTOBUF")]
    [InlineData("unknown_op", "ORT_INVALID_GRAPH")]
    public void A_model_that_the_runtime_refuses_is_an_error_with_its_code_and_message(string model, string code)
    {
        var error = Assert.Throws<InferenceException>(() => Fixture.Session(model));
        Assert.Equal(code, error.Code);
        Assert.StartsWith(code + ": ", error.Message);
        Assert.True(error.Message.Length > code.Length + 10, error.Message);
    }

    [Fact]
    public void An_empty_model_is_an_error()
    {
        Assert.Throws<InferenceException>(() => new ModelSession([], Fixture.X, Fixture.Y, new SessionSettings()));
    }

    [Fact]
    public void A_wrong_output_shape_names_the_tensor_what_was_expected_and_what_came()
    {
        var error = Assert.Throws<InferenceException>(() => Fixture.Session("wrong_shape"));
        Assert.Equal("Shape", error.Code);
        Assert.Contains("output 'y': expected (1, 2, 8), got (1, 2, 4)", error.Message);
    }

    [Fact]
    public void A_wrong_input_name_lists_the_names_that_the_model_has()
    {
        var error = Assert.Throws<InferenceException>(() => new ModelSession(
            Fixture.Model("identity"), new TensorSpec("signal", [1, 2, 8]), Fixture.Y, new SessionSettings()));
        Assert.Equal("Name", error.Code);
        Assert.Contains("input 'signal' is not in the model, which has 'x'", error.Message);
    }

    [Fact]
    public void A_second_input_is_refused()
    {
        var error = Assert.Throws<InferenceException>(() => Fixture.Session("two_inputs"));
        Assert.Equal("Name", error.Code);
        Assert.Contains("'x', 'z'", error.Message);
    }

    [Fact]
    public void An_input_that_is_not_float32_is_refused()
    {
        var error = Assert.Throws<InferenceException>(() => Fixture.Session("int_input"));
        Assert.Equal("Type", error.Code);
        Assert.Contains("input 'x'", error.Message);
    }

    [Fact]
    public void A_dimension_below_one_in_the_manifest_is_refused()
    {
        var error = Assert.Throws<InferenceException>(() => new ModelSession(
            Fixture.Model("identity"), new TensorSpec("x", [-1, 2, 8]), Fixture.Y, new SessionSettings()));
        Assert.Equal("Shape", error.Code);
    }

    [Fact]
    public void A_dimension_that_the_model_leaves_open_takes_the_manifests_size()
    {
        using var session = Fixture.Session("open_batch");
        session.Input.Fill(3);
        session.Run();
        Assert.All(session.Output.ToArray(), value => Assert.Equal(3, value));
    }

    [Fact]
    public void A_disposed_session_refuses_to_run()
    {
        var session = Fixture.Session("identity");
        session.Dispose();
        session.Dispose();
        Assert.Throws<ObjectDisposedException>(session.Run);
    }

    [Theory]
    [InlineData(OptimisationLevel.None)]
    [InlineData(OptimisationLevel.Basic)]
    [InlineData(OptimisationLevel.Extended)]
    [InlineData(OptimisationLevel.All)]
    public void Every_setting_gives_the_same_answer(OptimisationLevel level)
    {
        using var session = Fixture.Session(
            "half", new SessionSettings { OptimisationLevel = level, Arena = true, MemoryPattern = true, IntraOpThreads = 2 });
        session.Input.Fill(4);
        session.Run();
        Assert.All(session.Output.ToArray(), value => Assert.Equal(2, value));
    }
}
