package cairn.engine.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cairn.linux.Seccomp;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SeccompDocumentTest {
    private static Seccomp.Filter read(String json, Capability... capabilities) {
        return SeccompDocument.read(json.replace('\'', '"'), Set.of(capabilities), "x86_64", "6.1.0-9");
    }

    @Test
    void everythingThatARuleCanSay() {
        Seccomp.Filter filter = read("""
                {'defaultAction':'SCMP_ACT_ERRNO','defaultErrnoRet':38,'comment':'ours',
                 'archMap':[{'architecture':'SCMP_ARCH_AARCH64','subArchitectures':['SCMP_ARCH_ARM']},
                            {'architecture':'SCMP_ARCH_X86_64','subArchitectures':['SCMP_ARCH_X86']}],
                 'syscalls':[
                   {'names':['read','write'],'action':'SCMP_ACT_ALLOW'},
                   {'name':'mkdir','action':'SCMP_ACT_ERRNO','errnoRet':77},
                   {'names':['clone'],'action':'SCMP_ACT_KILL_PROCESS',
                    'args':[{'index':0,'value':18446744073709551615,'valueTwo':2,'op':'SCMP_CMP_MASKED_EQ'}]}]}""");
        assertThat(filter.defaultAction()).isEqualTo(new Seccomp.Action.Fail(38));
        assertThat(filter.architectures()).containsExactly("SCMP_ARCH_X86_64", "SCMP_ARCH_X86");
        assertThat(filter.rules())
                .containsExactly(
                        new Seccomp.Rule(new Seccomp.Action.Allow(), List.of("read", "write"), List.of()),
                        new Seccomp.Rule(new Seccomp.Action.Fail(77), List.of("mkdir"), List.of()),
                        new Seccomp.Rule(
                                new Seccomp.Action.KillProcess(),
                                List.of("clone"),
                                List.of(new Seccomp.Argument(0, Seccomp.Operator.MASKED_EQUAL, -1, 2))));
    }

    @Test
    void rulesForOthersAreLeftOut() {
        String document = """
                {'defaultAction':'SCMP_ACT_ALLOW','syscalls':[
                  {'names':['a'],'action':'SCMP_ACT_KILL','includes':{'arches':['arm64']}},
                  {'names':['b'],'action':'SCMP_ACT_KILL','includes':{'caps':['CAP_SYS_ADMIN']}},
                  {'names':['c'],'action':'SCMP_ACT_KILL','excludes':{'caps':['CAP_SYS_ADMIN']}},
                  {'names':['d'],'action':'SCMP_ACT_KILL','includes':{'minKernel':'6.2'}},
                  {'names':['e'],'action':'SCMP_ACT_KILL','includes':{'minKernel':'4.8','arches':['amd64']}},
                  {'names':['f'],'action':'SCMP_ACT_KILL','excludes':{'arches':['amd64']}}]}""";
        assertThat(read(document).rules())
                .extracting(rule -> rule.names().getFirst())
                .containsExactly("c", "e");
        assertThat(read(document, Capability.SYS_ADMIN).rules())
                .extracting(rule -> rule.names().getFirst())
                .containsExactly("b", "e");
    }

    @Test
    void anEmptyDocumentIsNoFilter() {
        assertThat(SeccompDocument.read("{}", Set.of(), "x86_64", "6.1.0")).isNull();
    }

    @Test
    void whatCannotBeUnderstoodIsSaid() {
        for (String bad : List.of(
                "{",
                "[]",
                "'x'",
                "{'defaultAction':'NO'}",
                "{'defaultAction':'SCMP_ACT_ALLOW','syscalls':[7]}",
                "{'defaultAction':'SCMP_ACT_ALLOW','syscalls':[{'names':['a'],'action':'SCMP_ACT_KILL','args':[{'index':9,'op':'SCMP_CMP_EQ'}]}]}",
                "{'defaultAction':'SCMP_ACT_ALLOW','syscalls':[{'names':['a'],'action':'SCMP_ACT_NOTIFY'}]}")) {
            assertThatThrownBy(() -> read(bad)).as(bad).hasMessageContaining("Decoding seccomp profile failed");
        }
        assertThatThrownBy(() -> read("{'defaultAction':'SCMP_ACT_ALLOW','flags':['SECCOMP_FILTER_FLAG_LOG']}"))
                .hasMessageContaining("SECCOMP_FILTER_FLAG_LOG");
        assertThatThrownBy(
                        () -> read(
                                "{'defaultAction':'SCMP_ACT_ALLOW','syscalls':[{'name':'a','names':['b'],'action':'SCMP_ACT_KILL'}]}"))
                .hasMessageContaining("both 'name' and 'names'");
    }
}
