using OrderToCash.CashApplication.Statements.Formats;

namespace OrderToCash.CashApplication.Tests.Formats;

/// <summary>The scheme of a creditor's reference is what its check digits prove.</summary>
public sealed class PaymentReferences
{
    [Theory]
    [InlineData("RF18 5390 0754 7034", "RF18539007547034", ReferenceScheme.Iso11649)]
    [InlineData("rf18539007547034", "RF18539007547034", ReferenceScheme.Iso11649)]
    [InlineData("RF712348231", "RF712348231", ReferenceScheme.Iso11649)]
    [InlineData("RF19539007547034", "RF19539007547034", ReferenceScheme.Other)]
    [InlineData("RF18", "RF18", ReferenceScheme.Other)]
    [InlineData("RF18-5390", "RF18-5390", ReferenceScheme.Other)]
    [InlineData("21 00000 00003 13947 14300 09017", "210000000003139471430009017", ReferenceScheme.SwissQr)]
    [InlineData("210000000003139471430009018", "210000000003139471430009018", ReferenceScheme.Other)]
    [InlineData("000000000000000000000000000", "000000000000000000000000000", ReferenceScheme.Other)]
    [InlineData("4654654654654654", "4654654654654654", ReferenceScheme.Other)]
    public void Is_of_the_scheme_it_passes(string written, string value, ReferenceScheme scheme)
    {
        var reference = PaymentReference.Of(written, "SCOR");

        (reference.Value, reference.Scheme, reference.Type).ShouldBe((value, scheme, "SCOR"));
    }

    [Fact]
    public void Published_examples_of_ISO_11649_pass_or_fail_as_they_should()
    {
        foreach (var example in CamtCorpus.References("iso11649*.csv").Select(line => line.Split(',')))
        {
            if (example[0] == "iso11649_validate")
            {
                (PaymentReference.Of(example[1]).Scheme == ReferenceScheme.Iso11649)
                    .ShouldBe(bool.Parse(example[2]), example[1]);
            }
        }
    }
}
