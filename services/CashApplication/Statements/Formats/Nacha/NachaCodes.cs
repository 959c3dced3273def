namespace OrderToCash.CashApplication.Statements.Formats.Nacha;

/// <summary>Codes of the NACHA Operating Rules, appendices on returns and on notifications of change.</summary>
public static class NachaCodes
{
    /// <summary>What a notice of change (<c>C01</c>…) says is wrong; empty for one that is not known.</summary>
    public static string ChangeOf(string code) => code switch
    {
        "C01" => "incorrect account number",
        "C02" => "incorrect routing number",
        "C03" => "incorrect routing and account number",
        "C04" => "incorrect name",
        "C05" => "incorrect transaction code",
        "C06" => "incorrect account number and transaction code",
        "C07" => "incorrect routing number, account number and transaction code",
        "C08" => "incorrect routing number of a foreign bank",
        "C09" => "incorrect individual identification",
        "C13" => "addenda format error",
        "C14" => "incorrect class for an international payment",
        _ => "",
    };
}
