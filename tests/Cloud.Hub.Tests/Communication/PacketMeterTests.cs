using Cloud.Hub.Communication.Broker;

namespace Cloud.Hub.Tests.Communication;

/// <summary>Framing of MQTT packets: lengths of MQTT 3.1.1, table 2.4.</summary>
public sealed class PacketMeterTests
{
    [Theory]
    [InlineData(new byte[] { 0x00 }, 0)]
    [InlineData(new byte[] { 0x7F }, 127)]
    [InlineData(new byte[] { 0x80, 0x01 }, 128)]
    [InlineData(new byte[] { 0xFF, 0x7F }, 16_383)]
    [InlineData(new byte[] { 0x80, 0x80, 0x01 }, 16_384)]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0x7F }, 268_435_455)]
    public void A_packet_passes_up_to_the_limit_and_not_beyond(byte[] length, int bytes)
    {
        byte[] header = [0x10, .. length];
        Assert.True(new PacketMeter(bytes, 0).Take(header));
        if (bytes > 0) Assert.False(new PacketMeter(bytes - 1, int.MaxValue).Take(header));
    }

    [Fact]
    public void A_length_of_more_than_four_bytes_is_no_length() =>
        Assert.False(new PacketMeter(int.MaxValue, int.MaxValue).Take([0x10, 0x80, 0x80, 0x80, 0x80, 0x01]));

    /// <summary>However the network cuts the stream, the verdict falls on the same byte.</summary>
    [Fact]
    public void Cuts_of_the_stream_do_not_matter()
    {
        byte[] stream = [0x10, 0x02, 1, 2, 0xC0, 0x00, 0x30, 0x05, 1, 2, 3, 4, 5, 0xC0, 0x00, 0x30, 0x06, 1];
        for (var piece = 1; piece <= stream.Length; piece++)
        {
            var meter = new PacketMeter(2, 5);
            var passed = 0;
            foreach (var cut in stream.Chunk(piece))
            {
                if (!meter.Take(cut)) break;
                passed += cut.Length;
            }

            Assert.True(passed <= stream.Length - 2 && passed > stream.Length - 2 - piece, $"pieces of {piece}: {passed} bytes passed");
        }
    }
}
