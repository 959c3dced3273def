using System.Text.Json;
using System.Text.Json.Nodes;
using OrderToCash.Contracts.Tests.Support;
using OrderToCash.Kernel;

namespace OrderToCash.Contracts.Tests;

/// <summary>What is committed for readers in any language is what the types say.</summary>
public sealed class Schema
{
    public static TheoryData<Type> Messages => Support.Contracts.Theory;

    [Theory]
    [MemberData(nameof(Messages))]
    public void the_committed_schema_is_the_contracts(Type contract) =>
        Approved.ShouldHold($"contracts/{Support.Contracts.PathOf(contract)}.schema.json", Schemas.Text(contract));

    [Fact]
    public void no_schema_is_left_of_a_contract_that_is_gone() =>
        Approved.ShouldBeAll("contracts", "*.schema.json",
            [.. Support.Contracts.Messages.Select(type => $"contracts/{Support.Contracts.PathOf(type)}.schema.json")]);

    [Fact]
    public void the_committed_asyncapi_document_is_the_contracts() =>
        Approved.ShouldHold("contracts/asyncapi.yaml", AsyncApi.Write());

    [Theory]
    [MemberData(nameof(Messages))]
    public void a_message_is_what_its_schema_says(Type contract)
    {
        var schema = Schemas.Of(contract);

        SchemaCheck.Faults(Samples.Wire(Samples.Full(contract)), schema).ShouldBeEmpty();
        SchemaCheck.Faults(Samples.Wire(Samples.Sparse(contract)), schema).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void a_schema_notices_what_is_missing_or_of_another_kind(Type contract)
    {
        var schema = Schemas.Of(contract);
        foreach (var parameter in Samples.Fields(contract))
        {
            var field = JsonNamingPolicy.CamelCase.ConvertName(parameter.Name!);
            var missing = Samples.Wire(Samples.Full(contract));
            missing.Remove(field);
            SchemaCheck.Faults(missing, schema)
                .ShouldBe(Samples.CameLater(parameter) ? [] : [$"/{field}: missing"]);

            var other = Samples.Wire(Samples.Full(contract));
            other[field] = new JsonArray(true);
            SchemaCheck.Faults(other, schema).ShouldNotBeEmpty($"{contract.Name}.{field}");
        }
    }

    [Fact]
    public void an_amount_is_text_and_a_wrong_one_is_noticed()
    {
        var schema = Schemas.Of(typeof(Credit.V1.CreditLimitSet));
        JsonObject Limit(JsonNode amount)
        {
            var message = Samples.Wire(Samples.Full(typeof(Credit.V1.CreditLimitSet)));
            message["limit"]!["amount"] = amount;
            return message;
        }

        SchemaCheck.Faults(Limit("-1250.00"), schema).ShouldBeEmpty();
        SchemaCheck.Faults(Limit("1,250.00"), schema).ShouldNotBeEmpty();
        SchemaCheck.Faults(Limit(1250.5), schema).ShouldNotBeEmpty();
        JsonSerializer.Serialize(new MoneyAmount(1250.00m, "USD"), Json.Wire)
            .ShouldBe("""{"amount":"1250.00","currency":"USD"}""");
    }
}
