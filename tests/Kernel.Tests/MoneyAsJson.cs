using System.Buffers;
using System.Text;
using System.Text.Json;

namespace OrderToCash.Kernel.Tests;

/// <summary>On the wire and in the store an amount is text beside its currency.</summary>
public sealed class MoneyAsJson
{
    public static TheoryData<string> Forms => ["wire", "stored"];

    [Fact]
    public void What_is_written_is_read_again() => Generate.ForAll(Generate.AnyMoney, money =>
    {
        JsonSerializer.Deserialize<Money>(JsonSerializer.Serialize(money, Json.Wire), Json.Wire).ShouldBe(money);
        JsonSerializer.Deserialize<Money>(JsonSerializer.Serialize(money, Json.Stored), Json.Stored).ShouldBe(money);
    });

    [Theory]
    [MemberData(nameof(Forms))]
    public void Is_written_with_the_decimals_of_its_currency(string form)
    {
        var options = form == "wire" ? Json.Wire : Json.Stored;

        JsonSerializer.Serialize(Money.Of(1250m, "USD"), options).ShouldBe("""{"amount":"1250.00","currency":"USD"}""");
        JsonSerializer.Serialize(Money.Of(5m, "JPY"), options).ShouldBe("""{"amount":"5","currency":"JPY"}""");
        JsonSerializer.Serialize(-Money.Zero(Currency.Of("BHD")), options)
            .ShouldBe("""{"amount":"0.000","currency":"BHD"}""");
    }

    [Theory]
    [InlineData("""{"amount":"1250.00","currency":"USD"}""")]
    [InlineData("""{"amount":1250,"currency":"USD"}""")]
    [InlineData("""{"currency":"USD","amount":1250.0}""")]
    [InlineData("""{"Amount":"+1250","Currency":"USD","note":{"a":[1]}}""")]
    [InlineData("""{"AMOUNT":"\u0031250","\u0043urrency":"\u0055\u0053\u0044"}""")]
    public void Is_read_from_text_or_number(string json) =>
        JsonSerializer.Deserialize<Money>(json, Json.Wire).ShouldBe(Money.Of(1250m, "USD"));

    [Fact]
    public void Is_read_from_a_body_that_came_in_parts()
    {
        foreach (var amount in (string[])["\"1250.00\"", "1250.00"])
        {
            var body = Encoding.UTF8.GetBytes($$"""{"Amount":{{amount}},"currency":"USD"}""");
            for (var cut = 1; cut < body.Length; cut++)
            {
                var first = new Part(body.AsMemory(..cut));
                var parts = new ReadOnlySequence<byte>(first, 0, first.Before(body.AsMemory(cut..)), body.Length - cut);
                var reader = new Utf8JsonReader(parts);
                JsonSerializer.Deserialize<Money>(ref reader, Json.Wire).ShouldBe(Money.Of(1250m, "USD"));
            }
        }
    }

    [Theory]
    [InlineData("null")]
    [InlineData("12.5")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"amount":"1.00"}""")]
    [InlineData("""{"currency":"USD"}""")]
    [InlineData("""{"amount":null,"currency":"USD"}""")]
    [InlineData("""{"amount":"1.005","currency":"USD"}""")]
    [InlineData("""{"amount":"1.00","currency":"usd"}""")]
    [InlineData("""{"amount":"1.00","currency":"XXX"}""")]
    [InlineData("""{"amount":"1.00","currency":7}""")]
    [InlineData("""{"amount":"1.00","currency":null}""")]
    [InlineData("""{"amount":"1.00","currency":["USD"]}""")]
    [InlineData("""{"amount":"1,000.00","currency":"USD"}""")]
    [InlineData("""{"amount":" 1.00","currency":"USD"}""")]
    [InlineData("""{"amount":"1e3","currency":"USD"}""")]
    [InlineData("""{"amount":1e3,"currency":"USD"}""")]
    [InlineData("""{"amount":"NaN","currency":"USD"}""")]
    [InlineData("""{"amount":true,"currency":"USD"}""")]
    [InlineData("""{"amount":"1000000000000000","currency":"USD"}""")]
    [InlineData("""{"amount":"1.0000000000000000000000000000000001","currency":"USD"}""")]
    [InlineData("""{"amount":1.0000000000000000000000000000000001,"currency":"USD"}""")]
    public void Anything_else_is_refused(string json) =>
        Should.Throw<JsonException>(() => JsonSerializer.Deserialize<Money>(json, Json.Wire));

    [Fact]
    public void A_code_that_never_ends_is_refused() => Should.Throw<JsonException>(() =>
        JsonSerializer.Deserialize<Money>(
            $$"""{"amount":"1.00","currency":"{{new string('U', 100_000)}}"}""", Json.Wire));

    private sealed class Part : ReadOnlySequenceSegment<byte>
    {
        public Part(ReadOnlyMemory<byte> memory) => Memory = memory;

        public Part Before(ReadOnlyMemory<byte> memory)
        {
            var next = new Part(memory) { RunningIndex = RunningIndex + Memory.Length };
            Next = next;
            return next;
        }
    }
}
