using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.Letterheads;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests.Rules;

public class DefiningLetterheads
{
    private static readonly byte[] Png = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 1, 2, 3];
    private static readonly LetterheadDefined Good = new("US01", "Acme Inc", new PostalAddress("1 Main St"));
    private static readonly DeciderSpec<Letterhead> Spec = new(Letterhead.Initial, Letterhead.Evolve);

    public static TheoryData<LetterheadDefined, string> Wrong => new()
    {
        { Good with { Name = " " }, "/name" },
        { Good with { Address = new PostalAddress(" ") }, "/address" },
        { Good with { TaxId = "?" }, "/taxId" },
        { Good with { Email = "nobody" }, "/email" },
        { Good with { Phone = "555" }, "/phone" },
        { Good with { BankAccount = "DE 12" }, "/bankAccount" },
        { Good with { PaymentNote = new string('x', 501) }, "/paymentNote" },
        { Good with { PayLink = "javascript:alert(1)" }, "/payLink" },
        { Good with { PayLink = "http://pay.example" }, "/payLink" },
        { Good with { Color = "red; } body { display: none" }, "/color" },
        { Good with { Logo = new Logo("image/svg+xml", Png) }, "/logo" },
        { Good with { Logo = new Logo("image/jpeg", Png) }, "/logo" },
        { Good with { Logo = new Logo("image/png", []) }, "/logo/content" },
        {
            Good with { Logo = new Logo("image/png", [.. Png, .. new byte[LetterheadDecider.MaxLogo]]) },
            "/logo/content"
        },
    };

    [Theory, MemberData(nameof(Wrong))]
    public void What_would_spoil_a_document_is_refused(LetterheadDefined wish, string field) => Spec.Given()
        .When(letterhead => LetterheadDecider.Define(letterhead, wish)).ThenRefused("invalid-letterhead")
        .Field.ShouldBe(field);

    [Fact]
    public void Saying_the_same_again_is_nothing()
    {
        var wish = Good with { Logo = new Logo("image/png", Png), Color = "#0b5394", PayLink = "https://pay.example" };
        Spec.Given().When(letterhead => LetterheadDecider.Define(letterhead, wish)).Then(wish);
        Spec.Given(wish with { Logo = new Logo("image/png", [.. Png]) })
            .When(letterhead => LetterheadDecider.Define(letterhead, wish)).ThenNothing();
    }
}
