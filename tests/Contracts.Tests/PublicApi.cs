using System.Reflection;
using OrderToCash.Contracts.Tests.Support;
using OrderToCash.Messaging;

namespace OrderToCash.Contracts.Tests;

/// <summary>What teams on .NET compile against, in one file that a reviewer reads.</summary>
public sealed class PublicApi
{
    [Fact]
    public void the_approved_text_is_the_contracts() =>
        Approved.ShouldHold("tests/Contracts.Tests/PublicApi.approved.txt",
            string.Concat(Support.Contracts.All.Select(type => $"{Signature(type)}\n")));

    [Fact]
    public void every_message_has_a_routing_key_of_its_own() =>
        Support.Contracts.Messages.Select(type => ContractName.Of(type).RoutingKey).ShouldBeUnique();

    [Fact]
    public void contracts_are_sealed_records_of_plain_values()
    {
        Support.Contracts.Messages.Count.ShouldBeGreaterThan(10);
        foreach (var type in Support.Contracts.All)
        {
            type.IsSealed.ShouldBeTrue(type.FullName);
            type.BaseType.ShouldBe(typeof(object), type.FullName);
            Samples.Fields(type).ShouldAllBe(field => field.ParameterType.Namespace!.StartsWith("System")
                || Support.Contracts.All.Contains(field.ParameterType));
        }
    }

    private static string Signature(Type type) =>
        $"{type.FullName}({string.Join(", ", Samples.Fields(type).Select(Field))})";

    private static string Field(ParameterInfo field) =>
        $"{Name(field.ParameterType)}{(Samples.MayBeNull(field) ? "?" : "")} {field.Name}";

    private static string Name(Type type) => Nullable.GetUnderlyingType(type) is { } value
        ? value.Name
        : type.IsGenericType
            ? $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>"
            : type.Name;
}
