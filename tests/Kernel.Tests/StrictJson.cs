using System.Text.Json;

namespace OrderToCash.Kernel.Tests;

/// <summary>A body that lacks something faults; it never reads as zeros.</summary>
public sealed class StrictJson
{
    [Fact]
    public void A_record_is_written_in_the_wire_form_and_in_the_stored_form()
    {
        var sample = new Sample("A", 2, 0.10m, Kind.HalfDone);

        JsonSerializer.Serialize(sample, Json.Wire)
            .ShouldBe("""{"name":"A","count":2,"rate":"0.10","kind":"half-done","note":null}""");
        JsonSerializer.Serialize(sample, Json.Stored)
            .ShouldBe("""{"Name":"A","Count":2,"Rate":"0.10","Kind":"HalfDone","Note":null}""");
    }

    [Fact]
    public void What_is_written_is_read_again()
    {
        var sample = new Sample("A", 2, -1m / 3m, Kind.HalfDone, "n");

        foreach (var options in new[] { Json.Wire, Json.Stored })
            JsonSerializer.Deserialize<Sample>(JsonSerializer.Serialize(sample, options), options).ShouldBe(sample);
    }

    [Fact]
    public void Unknown_fields_and_a_missing_optional_one_are_no_fault() => JsonSerializer
        .Deserialize<Sample>("""{"name":"A","count":2,"rate":1,"kind":"done","more":[]}""", Json.Wire)
        .ShouldBe(new Sample("A", 2, 1m, Kind.Done));

    [Theory]
    [InlineData("""{"count":2,"rate":"1","kind":"done"}""")]
    [InlineData("""{"name":"A","rate":"1","kind":"done"}""")]
    [InlineData("""{"name":"A","count":2,"kind":"done"}""")]
    [InlineData("""{"name":"A","count":2,"rate":"1"}""")]
    [InlineData("""{"name":null,"count":2,"rate":"1","kind":"done"}""")]
    [InlineData("""{"name":"A","count":"2","rate":"1","kind":"done"}""")]
    [InlineData("""{"name":"A","count":2.5,"rate":"1","kind":"done"}""")]
    [InlineData("""{"name":"A","count":2,"rate":"one","kind":"done"}""")]
    [InlineData("""{"name":"A","count":2,"rate":"1","kind":1}""")]
    [InlineData("""{"name":"A","count":2,"rate":"1","kind":"lost"}""")]
    [InlineData("""{"name":"A","count":2,"rate":"1","kind":"done",}""")]
    [InlineData("""{"name":"A","count":2,"rate":"1","kind":"done"} x""")]
    [InlineData("")]
    public void A_field_missing_null_or_of_another_type_is_refused(string json) =>
        Should.Throw<JsonException>(() => JsonSerializer.Deserialize<Sample>(json, Json.Wire));

    [Fact]
    public void A_name_outside_of_a_body_is_written_as_in_it()
    {
        foreach (var day in Enum.GetValues<DayOfWeek>())
            $"\"{Json.NameOf(day)}\"".ShouldBe(JsonSerializer.Serialize(day, Json.Wire));
        Json.NameOf(UriComponents.HostAndPort).ShouldBe("host-and-port");
        Json.NameOf("ReceiptRecorded").ShouldBe("receipt-recorded");
    }

    [Fact]
    public void More_than_32_levels_are_refused() => Should.Throw<JsonException>(() =>
        JsonSerializer.Deserialize<JsonElement>(new string('[', 40) + new string(']', 40), Json.Wire));

    [Fact]
    public void Other_options_take_the_rules_of_the_wire()
    {
        var options = new JsonSerializerOptions();
        Json.Configure(options);

        JsonSerializer.Serialize(new Sample("A", 2, 1m, Kind.Done), options)
            .ShouldBe(JsonSerializer.Serialize(new Sample("A", 2, 1m, Kind.Done), Json.Wire));
    }

    [Theory]
    [InlineData("""{"names":[null],"parts":{},"perhaps":null}""")]
    [InlineData("""{"names":["a"],"parts":{"a":null},"perhaps":null}""")]
    public void A_null_in_a_list_that_has_no_place_for_one_is_refused(string json)
    {
        Should.Throw<JsonException>(() => JsonSerializer.Deserialize<Lists>(json, Json.Wire));
        Should.Throw<JsonException>(() => JsonSerializer.Deserialize<Lists[]>($"[{json}]", Json.Wire));
    }

    [Fact]
    public void A_null_in_a_list_of_perhaps_is_read() => JsonSerializer
        .Deserialize<Lists>("""{"names":["a"],"parts":{"a":"b"},"perhaps":[null]}""", Json.Wire)!
        .Perhaps.ShouldBe([null]);

    private sealed record Lists(
        IReadOnlyList<string> Names, IReadOnlyDictionary<string, string> Parts, IReadOnlyList<string?>? Perhaps);

    private enum Kind
    {
        Done,
        HalfDone,
    }

    private sealed record Sample(string Name, int Count, decimal Rate, Kind Kind, string? Note = null);
}
