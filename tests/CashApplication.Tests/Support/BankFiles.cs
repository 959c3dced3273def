using System.Globalization;
using System.Text;

namespace OrderToCash.CashApplication.Tests.Support;

/// <summary>Makes small files of banks that have fixed control totals.</summary>
internal static class BankFiles
{
    /// <summary>A BAI2 statement without balances, of entries with these type codes.</summary>
    public static byte[] Bai2(string account, params (string Type, decimal Amount, string Reference)[] entries) =>
        Bai2(account, "261105", entries);

    /// <summary>The same of a day (<c>yyMMdd</c>).</summary>
    public static byte[] Bai2(
        string account, string day, params (string Type, decimal Amount, string Reference)[] entries)
    {
        var sum = Cents(entries.Sum(entry => entry.Amount));
        var count = entries.Length;
        List<string> lines =
        [
            $"01,BANK,US01,{day},0800,{entries[0].Reference},,,2/",
            $"02,US01,BANK,1,{day},,USD,2/",
            $"03,{account},USD,/",
            .. entries.Select(entry =>
                $"16,{entry.Type},{Cents(entry.Amount)},,,{entry.Reference},ITEM {entry.Reference}/"),
            $"49,{sum},{count + 2}/",
            $"98,{sum},1,{count + 4}/",
            $"99,{sum},1,{count + 6}/",
        ];
        return Encoding.ASCII.GetBytes(string.Join('\n', lines) + "\n");
    }

    /// <summary>A BAI lockbox file of one deposit on 2026-11-02.</summary>
    public static byte[] Lockbox(string lockbox, params (string Number, decimal Amount)[] checks)
    {
        var sum = checks.Sum(check => check.Amount) * 100;
        var lines = new List<string>
        {
            "100ACME      00999999912611021800",
            "2ACME      0099999991000000000040008000801",
            $"5000000{lockbox}261102ACME      0099999991",
        };
        lines.AddRange(checks.Select((check, index) => Line(
            $"6001{index + 1:000}{check.Amount * 100:0000000000}0550027070012345555{check.Number,10}261101PAYER")));
        lines.Add(Line($"7001000{lockbox}261102{checks.Length:000}{sum:0000000000}"));
        lines.Add(Line($"8000000{lockbox}261102{checks.Length:0000}{sum:0000000000}"));
        lines.Add(Line($"9{lines.Count + 1:000000}"));
        return Encoding.ASCII.GetBytes(string.Join('\n', lines));

        static string Line(FormattableString text) => FormattableString.Invariant(text);
    }

    /// <summary>An X12 823 of two checks, 100.00 and 200.00, with what the batch is stated to come to.</summary>
    public static byte[] X12Lockbox(string account, string batch) => Encoding.ASCII.GetBytes($"""
        ISA*00*          *00*          *ZZ*BANK           *ZZ*US01           *261102*0800*U*00401*000000009*0*P*>~
        GS*LB*BANK*US01*20261102*0800*9*X*004010~
        ST*823*0001~
        DEP*LBX-77*20261102*0800*D-1*01*021000021*DA*{account}~
        AMT*3*300.00~
        BAT*20261102*0800*B-1~
        AMT*2*{batch}~
        BPR*I*100.00*C*CHK**01*111000025*DA*555~
        REF*CK*1001~
        N1*PR*Globex~
        RMR*IV*INV-1**100.00~
        BPR*I*200.00*C*CHK~
        REF*CK*1002~
        N1*PR*Initech~
        RMR*IV*INV-2**150.00~
        RMR*IV*INV-3**50.00~
        SE*15*0001~
        GE*1*9~
        IEA*1*000000009~
        """);

    /// <summary>
    /// An X12 823 of checks of 2026-11-02 by the accounts they are drawn on, with nothing else to tell who paid.
    /// </summary>
    public static byte[] X12Lockbox(
        string lockbox, params (string Bank, string Account, decimal Amount, string Check)[] checks) =>
        X12Lockbox(lockbox, new DateOnly(2026, 11, 2), checks);

    /// <summary>The same of another day.</summary>
    public static byte[] X12Lockbox(
        string lockbox, DateOnly day, params (string Bank, string Account, decimal Amount, string Check)[] checks)
    {
        List<string> segments =
        [
            $"DEP*LBX-77*{day:yyyyMMdd}*0800*D-{checks[0].Check}*01*021000021*DA*{lockbox}~",
            $"BAT*{day:yyyyMMdd}*0800*B-1~",
            .. checks.SelectMany(check => (string[])[
                FormattableString.Invariant($"BPR*I*{check.Amount:0.00}*C*CHK**01*{check.Bank}*DA*{check.Account}~"),
                $"REF*CK*{check.Check}~"]),
        ];
        return Encoding.ASCII.GetBytes(
            "ISA*00*          *00*          *ZZ*BANK           *ZZ*US01           *261102*0800*U*00401*000000009*0*P" +
            "*>~\nGS*LB*BANK*US01*20261102*0800*9*X*004010~\nST*823*0001~\n" +
            string.Join('\n', segments) +
            $"\nSE*{segments.Count + 2}*0001~\nGE*1*9~\nIEA*1*000000009~\n");
    }

    /// <summary>One MT940 statement of a day of November 2026 with one credit.</summary>
    public static byte[] Mt940(string account, int day, decimal opening, decimal credit)
    {
        return Encoding.ASCII.GetBytes(
            $":20:D{day}\n:25:{account}\n:28C:{day}/1\n:60F:C2611{day:00}USD{Text(opening)}\n" +
            $":61:2611{day:00}11{day:00}C{Text(credit)}NTRFREF{day}//BANK{day}\n" +
            $":62F:C2611{day:00}USD{Text(opening + credit)}\n-\n");

        static string Text(decimal amount) =>
            amount.ToString("0.00", CultureInfo.InvariantCulture).Replace('.', ',');
    }

    private static string Cents(decimal amount) => ((long)(amount * 100)).ToString(CultureInfo.InvariantCulture);
}
