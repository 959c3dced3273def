using System.Text.Json;
using System.Text.Json.Nodes;
using OrderToCash.Contracts.Tests.Support;
using OrderToCash.Kernel;

namespace OrderToCash.Contracts.Tests;

/// <summary>A message reads as what was written, and one with a hole in it does not read as zeros.</summary>
public sealed class Reading
{
    public static TheoryData<Type> Messages => Support.Contracts.Theory;

    [Theory]
    [MemberData(nameof(Messages))]
    public void what_is_written_is_what_is_read(Type contract)
    {
        foreach (var sample in new[] { Samples.Full(contract), Samples.Sparse(contract) })
        {
            var wire = Samples.Wire(sample);

            JsonNode.DeepEquals(Samples.Wire(wire.Deserialize(contract, Json.Wire)!), wire).ShouldBeTrue();
        }
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void a_field_that_is_missing_or_null_faults_the_message(Type contract)
    {
        foreach (var field in Samples.Fields(contract))
        {
            var name = JsonNamingPolicy.CamelCase.ConvertName(field.Name!);
            var missing = Samples.Wire(Samples.Full(contract));
            missing.Remove(name);
            if (Samples.CameLater(field))
                missing.Deserialize(contract, Json.Wire).ShouldNotBeNull($"{contract.Name}.{name}");
            else
                Should.Throw<JsonException>(() => missing.Deserialize(contract, Json.Wire), $"{contract.Name}.{name}");

            var empty = Samples.Wire(Samples.Full(contract));
            empty[name] = null;
            if (Samples.MayBeNull(field))
                empty.Deserialize(contract, Json.Wire).ShouldNotBeNull();
            else
                Should.Throw<JsonException>(() => empty.Deserialize(contract, Json.Wire), $"{contract.Name}.{name}");
        }
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void a_field_that_is_new_disturbs_no_reader(Type contract)
    {
        var newer = Samples.Wire(Samples.Full(contract));
        newer["addedLater"] = new JsonObject { ["any"] = 1 };

        newer.Deserialize(contract, Json.Wire).ShouldNotBeNull();
        SchemaCheck.Faults(newer, Schemas.Of(contract)).ShouldBeEmpty();
    }
}
