import{G as e,H as t,d as n,g as r,j as i,k as a}from"./shared-BcSZPcl1.js";import"./dialog-DXFMQhgU.js";import{t as o}from"./element-cwS2XI8r.js";var s=[[`g i`,`tab.inbox`],[`g q`,`tab.queue`],[`g a`,`tab.archive`],[`g p`,`tab.printers`],[`g s`,`tab.stats`],[`j ↓`,`keys.next`],[`k ↑`,`keys.previous`],[`a`,`verb.archive`],[`u`,`verb.queue`],[`Delete`,`verb.discard`],[`x`,`common.select`],[`/`,`archive.search`],[`s`,`queue.verb_start`],[`d`,`queue.verb_complete`],[`f`,`queue.verb_fail`]],c=class extends o{static{this.styles=[n,e`
dl{display:grid;grid-template-columns:auto minmax(0,1fr);gap:8px 24px;margin:0}dd{margin:0}kbd{padding:2px 8px;border:1px solid var(--secondary-text-color);border-radius:4px;font:inherit}`]}close(){this.dispatchEvent(new CustomEvent(`closed`))}render(){return t`<bvp-dialog
.app=${this.app}
.heading=${this.t(`keys.title`)}
@closed=${this.close}
>
<dl>
${s.map(([e,n])=>t`<dt>${e.split(` `).map(e=>t`<kbd>${e}</kbd> `)}</dt>
<dd>${this.t(n)}</dd>`)}
</dl>
<span slot="actions">
${i({label:this.t(`common.close`),look:`plain`,onClick:()=>this.close()})}
</span>
</bvp-dialog>`}};c=r([a(`bvp-keys-dialog`)],c);export{c as BvpKeysDialog};