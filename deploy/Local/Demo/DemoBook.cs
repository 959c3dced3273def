namespace OrderToCash.Local.Demo;

/// <summary>A selling company of the demo day.</summary>
internal sealed record DemoEntity(
    string Prefix, string Name, string Currency, string Country, string TimeZone, string BankCode, string TaxCode,
    decimal TaxRate, IReadOnlyList<DemoCustomer> Customers)
{
    /// <summary>
    /// The company's account, another one for each demo day played on the same stores (ISO 13616 check digits).
    /// </summary>
    public string Iban(int day)
    {
        var (country, bban) = Country == "US"
            ? ("GB", $"{BankCode}{10_000_000 + day}")
            : ("DE", $"{BankCode}{1_000_000_000L + day}");
        var digits = string.Concat($"{bban}{country}00"
            .Select(letter => char.IsAsciiDigit(letter) ? $"{letter}" : $"{letter - 'A' + 10}"));
        var rest = digits.Aggregate(0, (rest, digit) => ((rest * 10) + digit - '0') % 97);
        return $"{country}{98 - rest:00}{bban}";
    }
}

/// <summary>A buyer of the demo day; the payer's account is what its bank prints.</summary>
internal sealed record DemoCustomer(
    string Name, string Language, string Contact, string Email, string TimeZone, string Iban, int TermDays);

/// <summary>Who takes part in the demo day.</summary>
internal static class DemoBook
{
    public static readonly IReadOnlyList<DemoEntity> Entities =
    [
        new("US", "Acme Industries Inc", "USD", "US", "America/New_York", "NWBK601613", "NY", 0.08m,
        [
            new("Globex Corporation", "en", "Ana Ruiz", "ap@globex.example",
                "America/Chicago", "GB82WEST12345698765432", 30),
            new("Initech LLC", "en", "Peter Gibbons", "payables@initech.example",
                "America/Chicago", "GB33BUKB20201555555555", 30),
            new("Umbrella Stores", "en", "Jill Valentine", "ap@umbrella.example",
                "America/Denver", "GB94BARC10201530093459", 14),
            new("Hermanos Pérez SA", "es", "Lucía Pérez", "pagos@perez.example",
                "America/Mexico_City", "ES9121000418450200051332", 45),
            new("Québec Métaux Inc", "fr", "Luc Tremblay", "comptes@qmetaux.example",
                "America/Toronto", "FR1420041010050500013M02606", 30),
            new("Stark Components", "en", "Pepper Potts", "ap@stark.example",
                "America/New_York", "GB29NWBK60161331926819", 60),
        ]),
        new("DE", "Acme Europa GmbH", "EUR", "DE", "Europe/Berlin", "50010517", "DE19", 0.19m,
        [
            new("Wayne Logistik GmbH", "en", "Lucius Fox", "rechnung@wayne.example",
                "Europe/Berlin", "DE89370400440532013000", 30),
            new("Tyrell Robotik AG", "en", "Rachael Rosen", "buchhaltung@tyrell.example",
                "Europe/Zurich", "CH9300762011623852957", 30),
            new("Cyberdyne Iberia SL", "es", "Sara Conde", "cuentas@cyberdyne.example",
                "Europe/Madrid", "ES7921000813610123456789", 30),
            new("Soylent France SARL", "fr", "Claire Robert", "fournisseurs@soylent.example",
                "Europe/Paris", "FR7630006000011234567890189", 45),
            new("Oscorp Nordic AB", "en", "Norman Berg", "faktura@oscorp.example",
                "Europe/Stockholm", "SE4550000000058398257466", 14),
            new("Wonka Süßwaren KG", "en", "Charlie Eimer", "konten@wonka.example",
                "Europe/Berlin", "DE75512108001245126199", 30),
        ]),
    ];
}
